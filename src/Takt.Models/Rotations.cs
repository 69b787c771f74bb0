using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models;

/// <summary>The rotations of all layers: a batch's angles are computed once for each kind of layer.</summary>
internal sealed unsafe class Rotations
{
    private readonly ModelConfig _config;
    private readonly DecoderTensors _tensors;
    private readonly Workspace _workspace;
    private readonly RopeConfig[] _kinds;
    private readonly int[] _kindOfLayer;
    private readonly RotaryTable[] _tables;
    private readonly Rows[] _angles;
    private readonly bool?[] _long;
    private readonly string[] _names;

    /// <summary>Finds the kinds of rotation that a model has.</summary>
    public Rotations(ModelConfig config, DecoderTensors tensors, Workspace workspace)
    {
        (_config, _tensors, _workspace) = (config, tensors, workspace);
        _kinds = [.. config.Layers.Where(layer => layer.Rope is not null).Select(layer => layer.Rope!).Distinct()];
        _kindOfLayer = [.. config.Layers.Select(layer => layer.Rope is null ? -1 : Array.IndexOf(_kinds, layer.Rope))];
        if (config.Rope == RopeKind.None || config.RopeSize == 0) Array.Fill(_kindOfLayer, -1);
        _tables = new RotaryTable[_kinds.Length];
        _angles = new Rows[_kinds.Length];
        _long = new bool?[_kinds.Length];
        _names = [.. _kinds.Select((_, kind) => $"angles_{kind}")];
    }

    /// <summary>Computes the angles of a batch's rows.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="context">Most tokens of a sequence: LongRoPE has other factors for long contexts.</param>
    public void Fill(Batch batch, int context)
    {
        for (int kind = 0; kind < _kinds.Length; kind++)
        {
            bool isLong = _kinds[kind].OriginalContext > 0 && context > _kinds[kind].OriginalContext;
            if (_long[kind] != isLong)
            {
                _tables[kind] = new RotaryTable(_kinds[kind], _config.RopeSize, Factors(isLong));
                _long[kind] = isLong;
            }

            Rows angles = _workspace.Get(_names[kind], batch.Tokens.Count, _tables[kind].Width);
            foreach (BatchSlice slice in batch.Slices)
            {
                for (int i = 0; i < slice.Rows; i++) _tables[kind].Fill(slice.FirstPosition + i, angles.Span(slice.FirstRow + i));
            }

            _angles[kind] = angles;
        }
    }

    /// <summary>The angles of a layer, or null where it does not rotate.</summary>
    public Rows? Angles(int layer) => _kindOfLayer[layer] < 0 ? null : _angles[_kindOfLayer[layer]];

    private ReadOnlySpan<float> Factors(bool isLong)
    {
        Tensor? tensor = (isLong ? _tensors.RopeFactorsLong : _tensors.RopeFactorsShort) ?? _tensors.RopeFactors;
        if (tensor is null) return [];
        var factors = new float[tensor.Count];
        fixed (float* target = factors) WeightLoader.Format(tensor).Dequantize((byte*)tensor.Data, target, tensor.Count);
        int bad = Array.FindIndex(factors, static factor => !(factor > 0 && float.IsFinite(factor)));
        return bad < 0 ? factors : throw new InvalidDataException(
            $"value {bad} of tensor '{tensor.Name}' is {factors[bad]}; a factor of rotations must be above 0 and finite.");
    }
}
