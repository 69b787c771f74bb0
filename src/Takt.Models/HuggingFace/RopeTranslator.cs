using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models.HuggingFace;

/// <summary>
/// Translates the rotation's settings: keys at the top of the file with <c>rope_scaling</c> (older), or <c>rope_parameters</c> with the base
/// inside, possibly one for each kind of layer (newer).
/// </summary>
internal sealed class RopeTranslator
{
    private readonly HuggingFaceConfig _full;
    private readonly HuggingFaceConfig? _sliding;
    private readonly string _type;

    public RopeTranslator(HuggingFaceConfig config)
    {
        HuggingFaceConfig settings = config.Section("rope_parameters") ?? config.Section("rope_scaling") ?? config;
        _full = settings.Section("full_attention") ?? settings;
        _sliding = settings.Section("sliding_attention");
        _type = _full.OptionalText("rope_type") ?? _full.OptionalText("type") ?? "default";
    }

    /// <summary>Adds the keys under <c>rope.</c></summary>
    public void AddMetadata(Action<string, object> add, int headSize, int layers)
    {
        add("rope.dimension_count", RopeSize(headSize));
        add("rope.freq_base", _full.OptionalNumber("rope_theta") ?? 10000f);
        if ((_sliding?.OptionalNumber("rope_theta") ?? _full.OptionalNumber("rope_local_base_freq")) is { } local)
            add("rope.freq_base_swa", local);
        if (_full.OptionalNumbers("no_rope_layers") is { } rotates)
            add("attention.rope_pattern", Array.ConvertAll(rotates, static flag => flag != 0));
        else if (_full.OptionalCount("no_rope_layer_interval") is { } interval and > 0)
            add("attention.rope_pattern", Enumerable.Range(1, layers).Select(layer => layer % interval != 0).ToArray());
        AddScaling(add);
    }

    /// <summary>The tensors that hold frequency factors.</summary>
    public IEnumerable<Tensor> Tensors(TensorArena arena, int headSize)
    {
        int pairs = RopeSize(headSize) / 2;
        if (_type == "llama3") yield return arena.Of(TensorNames.Weight(TensorNames.RopeFactors), Llama3Factors(pairs));
        if (!IsLong) yield break;
        yield return arena.Of(TensorNames.Weight(TensorNames.RopeFactorsLong), LongFactors("long_factor", pairs));
        yield return arena.Of(TensorNames.Weight(TensorNames.RopeFactorsShort), LongFactors("short_factor", pairs));
    }

    private bool IsLong => _type is "longrope" or "su";

    private void AddScaling(Action<string, object> add)
    {
        switch (_type)
        {
            case "default":
            case "llama3": // a tensor
            case "dynamic": // changes nothing within the context length
                return;
            case "linear":
                add("rope.scaling.type", "linear");
                add("rope.scaling.factor", _full.Number("factor"));
                return;
            case "yarn":
                AddYarn(add);
                return;
            case "longrope":
            case "su":
                AddLong(add);
                return;
            default:
                throw _full.Fail("rope_type", $"is '{_type}'; known are default, linear, dynamic, llama3, yarn and longrope.");
        }
    }

    // YaRN (arXiv 2309.00071). GGUF's attn_factor multiplies the magnitude that the factor implies.
    private void AddYarn(Action<string, object> add)
    {
        int original = _full.OptionalCount("original_max_position_embeddings") ?? _full.Count("max_position_embeddings");
        float factor = _full.OptionalNumber("factor") ?? (float)_full.Count("max_position_embeddings") / original;
        add("rope.scaling.type", "yarn");
        add("rope.scaling.factor", factor);
        add("rope.scaling.original_context_length", original);
        float implied = Magnitude(factor, 1);
        float? attention = _full.OptionalNumber("attention_factor");
        if (attention is null && _full.OptionalNumber("mscale") is > 0 and var scale && _full.OptionalNumber("mscale_all_dim") is > 0 and var all)
            attention = Magnitude(factor, scale) / Magnitude(factor, all);
        if (attention is not null) add("rope.scaling.attn_factor", attention / implied);
        if (_full.OptionalNumber("beta_fast") is { } fast) add("rope.scaling.yarn_beta_fast", fast);
        if (_full.OptionalNumber("beta_slow") is { } slow) add("rope.scaling.yarn_beta_slow", slow);
        add("rope.scaling.yarn_truncate", _full.OptionalFlag("truncate") ?? true);
    }

    private static float Magnitude(float factor, float scale) => factor <= 1 ? 1 : 0.1f * scale * MathF.Log(factor) + 1;

    // LongRoPE (arXiv 2402.13753).
    private void AddLong(Action<string, object> add)
    {
        int original = _full.Count("original_max_position_embeddings");
        float factor = (float)_full.Count("max_position_embeddings") / original;
        add("rope.scaling.type", "longrope");
        add("rope.scaling.original_context_length", original);
        float implied = factor <= 1 ? 1 : MathF.Sqrt(1 + MathF.Log(factor) / MathF.Log(original));
        add("rope.scaling.attn_factor", _full.OptionalNumber("attention_factor") ?? implied);
    }

    private float[] LongFactors(string key, int pairs)
    {
        float[] factors = _full.OptionalNumbers(key) ?? throw _full.Fail(key, "is missing; longrope needs it.");
        return factors.Length == pairs
            ? factors
            : throw _full.Fail(key, $"has {factors.Length} numbers; expected {pairs}, one for each rotated pair.");
    }

    // Llama 3.1: long wavelengths are stretched by the factor, short ones kept, those between blended.
    private float[] Llama3Factors(int pairs)
    {
        float theta = _full.OptionalNumber("rope_theta") ?? 10000f, factor = _full.Number("factor");
        float low = _full.Number("low_freq_factor"), high = _full.Number("high_freq_factor");
        float original = _full.Count("original_max_position_embeddings");
        var factors = new float[pairs];
        for (int i = 0; i < pairs; i++)
        {
            float wavelength = 2 * MathF.PI * MathF.Pow(theta, (float)i / pairs);
            float smooth = Math.Clamp((original / wavelength - low) / (high - low), 0, 1);
            factors[i] = 1 / ((1 - smooth) / factor + smooth);
        }

        return factors;
    }

    private int RopeSize(int headSize) => (int)(headSize * (_full.OptionalNumber("partial_rotary_factor") ?? 1));
}
