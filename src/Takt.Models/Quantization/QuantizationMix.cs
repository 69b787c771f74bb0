using System.Globalization;
using Takt.Formats;

namespace Takt.Models.Quantization;

/// <summary>
/// Chooses the type of every tensor of a quantised file. A mix gives the tensors that a model is most sensitive to (output, attention
/// values, ffn_down of the first, last and some middle layers) more bits than the rest; these are the mixes that files of the same
/// names have everywhere when no importance matrix was used.
/// </summary>
public sealed class QuantizationMix
{
    private readonly QuantizationTarget _target;
    private readonly int _layers;
    private readonly int _groupedQueries;
    private readonly int _experts;
    private readonly bool _tiedOutput;
    private readonly bool _grouped70B;
    private readonly int _valueTensors;

    private QuantizationMix(ModelFile file, QuantizationTarget target)
    {
        _target = target;
        string architecture = file.Metadata.GetValueOrDefault("general.architecture") as string ?? "";
        _layers = Number(file, $"{architecture}.block_count") ?? 0;
        int heads = Number(file, $"{architecture}.attention.head_count") ?? 1;
        int kvHeads = Number(file, $"{architecture}.attention.head_count_kv") ?? heads;
        _groupedQueries = kvHeads == 0 ? 1 : heads / kvHeads;
        _experts = Number(file, $"{architecture}.expert_count") ?? 0;
        _tiedOutput = file.Find("output.weight") is null;
        _grouped70B = _layers == 80 && (architecture == "llama" && heads != kvHeads || architecture == "qwen2");
        _valueTensors = file.Tensors.Count(t => IsAttentionValue(t.Name));
    }

    /// <summary>The type of every tensor, in the file's order.</summary>
    /// <param name="file">The source; its tensors have GGUF names.</param>
    /// <param name="target">The wanted file.</param>
    /// <param name="pure">Gives every matrix the target's own type.</param>
    /// <param name="fallbacks">Tensors whose rows are no multiple of the chosen type's block and that got another type.</param>
    public static TensorType[] Choose(ModelFile file, QuantizationTarget target, bool pure, out int fallbacks)
    {
        var mix = new QuantizationMix(file, target);
        var types = new TensorType[file.Tensors.Count];
        int values = 0;
        fallbacks = 0;
        // Value tensors are counted in the order of layers, whatever the file's order.
        foreach ((Tensor tensor, int index) in file.Tensors.Select((t, i) => (t, i))
            .OrderBy(p => LayerOf(p.t.Name)).ThenBy(p => p.t.Name, StringComparer.Ordinal))
        {
            if (!IsWeightMatrix(tensor))
            {
                types[index] = Unquantized(tensor.Type);
                continue;
            }

            TensorType wanted = target.Type;
            if (!pure && wanted.IsQuantized()) wanted = mix.TypeOf(tensor, values);
            if (IsAttentionValue(tensor.Name)) values++;
            types[index] = Fitting(wanted, tensor.RowLength);
            if (types[index] != wanted) fallbacks++;
        }

        return types;
    }

    // What a model is sensitive to and what is small stays float: vectors, norms, routers, positions.
    private static bool IsWeightMatrix(Tensor tensor) =>
        tensor.Shape.Skip(1).Any(length => length > 1)
        && tensor.Name.EndsWith("weight", StringComparison.Ordinal)
        && !tensor.Name.EndsWith("_norm.weight", StringComparison.Ordinal)
        && !tensor.Name.Contains("ffn_gate_inp.weight", StringComparison.Ordinal)
        && tensor.Name is not ("position_embd.weight" or "token_types.weight")
        && !tensor.Name.Contains("attn_rel_b.weight", StringComparison.Ordinal)
        && tensor.Type is not (TensorType.I8 or TensorType.I16 or TensorType.I32 or TensorType.I64);

    private static TensorType Unquantized(TensorType type) =>
        type is TensorType.I8 or TensorType.I16 or TensorType.I32 or TensorType.I64 ? type : TensorType.F32;

    private static TensorType Fitting(TensorType type, long rowLength)
    {
        if (rowLength % type.BlockLength() == 0) return type;
        TensorType smaller = type switch
        {
            TensorType.IQ4_XS => TensorType.IQ4_NL,
            TensorType.Q2_K or TensorType.Q3_K => TensorType.Q4_0,
            TensorType.Q4_K => TensorType.Q5_0,
            TensorType.Q5_K => TensorType.Q5_1,
            TensorType.Q6_K => TensorType.Q8_0,
            _ => type,
        };
        return rowLength % smaller.BlockLength() == 0 ? smaller : TensorType.F16;
    }

    private TensorType TypeOf(Tensor tensor, int valueIndex)
    {
        string name = tensor.Name;
        if (name == "output.weight" || (_tiedOutput && name == "token_embd.weight")) return OutputType(tensor);
        if (_target.Type == TensorType.MXFP4) return tensor.Shape.Count > 2 ? TensorType.MXFP4 : TensorType.Q8_0;
        if (IsAttentionValue(name)) return ValueType(valueIndex);
        if (name.Contains("attn_k.weight", StringComparison.Ordinal)) return _experts == 8 ? TensorType.Q8_0 : _target.Type;
        if (name.Contains("ffn_down", StringComparison.Ordinal)) return DownType(LayerOf(name));
        if (name.Contains("attn_output.weight", StringComparison.Ordinal)) return AttentionOutputType();
        return _target.Type;
    }

    private TensorType OutputType(Tensor tensor) =>
        _target.Type is TensorType.Q8_0 or TensorType.MXFP4 || tensor.RowLength % _target.Type.BlockLength() != 0
            ? TensorType.Q8_0
            : TensorType.Q6_K;

    private TensorType ValueType(int index)
    {
        TensorType type = _target.Name switch
        {
            "q2_k" => _groupedQueries >= 4 ? TensorType.Q4_K : TensorType.Q3_K,
            "q3_k_m" => index < 2 ? TensorType.Q5_K : TensorType.Q4_K,
            "q3_k_l" => TensorType.Q5_K,
            "q4_k_s" when index < 4 => TensorType.Q5_K,
            "q4_k_m" or "q5_k_m" when IsSensitive(index, _valueTensors) => TensorType.Q6_K,
            "iq4_nl" or "iq4_xs" when _groupedQueries >= 4 => TensorType.Q5_K,
            _ => _target.Type,
        };
        // Eight query heads share a value head in these, so more bits cost next to nothing.
        if (_grouped70B && type is (TensorType.Q3_K or TensorType.Q4_K)) type = TensorType.Q5_K;
        return _experts == 8 ? TensorType.Q8_0 : type;
    }

    private TensorType DownType(int layer) => _target.Name switch
    {
        "q2_k" => TensorType.Q3_K,
        "q3_k_m" => layer < _layers / 16 ? TensorType.Q5_K : TensorType.Q4_K,
        "q3_k_l" => TensorType.Q5_K,
        "q4_k_m" or "q5_k_m" when IsSensitive(layer, _layers) => TensorType.Q6_K,
        "q4_k_s" or "iq4_nl" or "iq4_xs" when layer < _layers / 8 => TensorType.Q5_K,
        _ => _target.Type,
    };

    private TensorType AttentionOutputType() => _target.Name switch
    {
        "q2_k" or "q3_k_s" or "q3_k_m" or "iq4_nl" or "iq4_xs" or "q4_k_s" or "q4_k_m" when _experts == 8 => TensorType.Q5_K,
        "q2_k" when _experts != 8 => TensorType.Q3_K,
        "q3_k_m" when _experts != 8 => TensorType.Q4_K,
        "q3_k_l" when _experts != 8 => TensorType.Q5_K,
        _ => _target.Type,
    };

    private static bool IsSensitive(int index, int count) =>
        index < count / 8 || index >= 7 * count / 8 || (index - count / 8) % 3 == 2;

    private static bool IsAttentionValue(string name) =>
        name.Contains("attn_v.weight", StringComparison.Ordinal)
        || name.Contains("attn_qkv.weight", StringComparison.Ordinal)
        || name.Contains("attn_kv_b.weight", StringComparison.Ordinal);

    private static int LayerOf(string name)
    {
        if (!name.StartsWith("blk.", StringComparison.Ordinal)) return -1;
        int end = name.IndexOf('.', 4);
        return end > 0 && int.TryParse(name.AsSpan(4, end - 4), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : -1;
    }

    private static int? Number(ModelFile file, string key) => file.Metadata.GetValueOrDefault(key) switch
    {
        // Some models list a number per layer; the first one stands for all here.
        Array { Length: > 0 } perLayer => Convert.ToInt32(perLayer.GetValue(0), CultureInfo.InvariantCulture),
        IConvertible number and not string => number.ToInt32(CultureInfo.InvariantCulture),
        _ => null,
    };
}
