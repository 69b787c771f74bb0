using System.Globalization;
using Takt.Clock;
using Takt.Compute.Blocks;
using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models.Quantization;

/// <summary>The matrices that one product of the forward pass multiplies with: they are timed together and change their type together.</summary>
/// <param name="Moment">The product, as the ledger names it.</param>
/// <param name="Tensors">The matrices as places in the file's list of tensors.</param>
/// <param name="Values">Weights in all of them.</param>
public sealed record TensorGroup(Moment Moment, IReadOnlyList<int> Tensors, long Values)
{
    private static readonly Dictionary<string, string> _ops = new(StringComparer.Ordinal)
    {
        [TensorNames.Query] = "qkv",
        [TensorNames.Key] = "qkv",
        [TensorNames.Value] = "qkv",
        [TensorNames.QueryKeyValue] = "qkv",
        [TensorNames.AttentionOutput] = "attention_output",
        [TensorNames.Gate] = "gate_up",
        [TensorNames.Up] = "gate_up",
        [TensorNames.Down] = "down",
        [TensorNames.ExpertGates] = "gate_up",
        [TensorNames.ExpertUps] = "gate_up",
        [TensorNames.ExpertDowns] = "down",
    };

    /// <summary>The products of a decoder whose weights can be stored in another type, layer by layer and the logits last.</summary>
    /// <remarks>An embedding that the logits do not share is left out, for a token reads one row of it; so are routers.</remarks>
    /// <param name="file">The model, with GGUF's names.</param>
    public static IReadOnlyList<TensorGroup> Of(ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        string output = TensorNames.Weight(file.Find(TensorNames.Weight(TensorNames.Output)) is null ? TensorNames.TokenEmbedding : TensorNames.Output);
        return
        [
            .. file.Tensors
                .Select((tensor, place) => (Tensor: tensor, Place: place, Moment: MomentOf(tensor.Name, output)))
                .Where(static found => found.Moment is not null && WeightFormat.Find(found.Tensor.Type.Name()) is not null)
                .GroupBy(static found => found.Moment!.Value)
                .Select(static same => new TensorGroup(same.Key, [.. same.Select(found => found.Place)], same.Sum(found => found.Tensor.Count)))
                .OrderBy(static group => group.Moment.Layer == Moment.NoLayer ? int.MaxValue : group.Moment.Layer),
        ];
    }

    /// <summary>Whether the rows of all its matrices consist of whole blocks of a type.</summary>
    public bool Fits(ModelFile file, TensorType type)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Tensors.All(place => file.Tensors[place].RowLength % type.BlockLength() == 0);
    }

    /// <summary>Bytes of its matrices if they were of a type; null for the types they have.</summary>
    public long Bytes(ModelFile file, TensorType? type = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Tensors.Sum(place => (type ?? file.Tensors[place].Type).ByteLength(file.Tensors[place].Shape));
    }

    private static Moment? MomentOf(string name, string output)
    {
        if (name == output) return new Moment(Stage.Execute, Moment.NoLayer, "logits");
        string[] parts = name.Split('.');
        return parts is ["blk", var layer, var map, "weight"] && _ops.TryGetValue(map, out string? op)
            && int.TryParse(layer, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? new Moment(Stage.Execute, number, op)
            : null;
    }
}
