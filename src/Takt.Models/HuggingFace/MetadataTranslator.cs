using Takt.Formats;

namespace Takt.Models.HuggingFace;

/// <summary>Translates a <c>config.json</c> into the metadata of a GGUF file.</summary>
internal sealed class MetadataTranslator(HuggingFaceArchitecture architecture, HuggingFaceConfig config)
{
    private readonly Dictionary<string, object> _metadata = new(StringComparer.Ordinal);

    /// <summary>Translates all of it.</summary>
    /// <param name="name">The model's name.</param>
    /// <param name="tensors">Its tensors, for the type of the file.</param>
    public Dictionary<string, object> Translate(string name, ModelFile tensors)
    {
        CheckSupport();
        _metadata["general.architecture"] = architecture.Name;
        _metadata["general.name"] = name;
        _metadata["general.file_type"] = FileType(tensors);
        int layers = Either("num_hidden_layers", "n_layer");
        Add("block_count", layers);
        Add("vocab_size", config.Count("vocab_size"));
        Add("context_length", Either("max_position_embeddings", "n_positions"));
        int hidden = Either("hidden_size", "n_embd");
        Add("embedding_length", hidden);
        Add("feed_forward_length", config.OptionalCount("intermediate_size") ?? config.OptionalCount("n_inner") ?? 4 * hidden);
        AddAttention(hidden, layers);
        AddExperts();
        foreach ((string from, string to) in Scales)
        {
            if (config.OptionalNumber(from) is { } value) Add(to, value);
        }

        return _metadata;
    }

    private static readonly (string From, string To)[] Scales =
    [
        ("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
        ("layer_norm_epsilon", "attention.layer_norm_epsilon"),
        ("attn_logit_softcapping", "attn_logit_softcapping"),
        ("final_logit_softcapping", "final_logit_softcapping"),
        ("attention_multiplier", "attention.scale"),
        ("embedding_multiplier", "embedding_scale"),
        ("residual_multiplier", "residual_scale"),
        ("logits_scaling", "logit_scale"),
    ];

    // Settings that change the computation and that GGUF cannot say.
    private void CheckSupport()
    {
        string[] keys = ["hidden_activation", "hidden_act", "activation_function"];
        string key = Array.Find(keys, config.Has) ?? keys[0];
        string activation = config.OptionalText(key) ?? architecture.Activation;
        // Old Gemma files say gelu under hidden_act and mean its approximation.
        if (activation != architecture.Activation && !(key == "hidden_act" && architecture.Name.StartsWith("gemma", StringComparison.Ordinal)))
            throw config.Fail(key, $"is '{activation}'; a '{architecture.ModelType}' model is supported with '{architecture.Activation}' only.");
        if (config.OptionalFlag("scale_attn_by_inverse_layer_idx") == true)
            throw config.Fail("scale_attn_by_inverse_layer_idx", "is true; only false is supported.");
        if (config.OptionalFlag("scale_attn_weights") == false)
            throw config.Fail("scale_attn_weights", "is false; only true is supported.");
    }

    private void AddAttention(int hidden, int layers)
    {
        int heads = Either("num_attention_heads", "n_head");
        if (heads == 0) throw config.Fail("num_attention_heads", "is 0; expected at least 1.");
        Add("attention.head_count", heads);
        Add("attention.head_count_kv", config.OptionalCount("num_key_value_heads") ?? heads);
        int headSize = config.OptionalCount("head_dim") ?? hidden / heads;
        if (config.Has("head_dim"))
        {
            Add("attention.key_length", headSize);
            Add("attention.value_length", headSize);
        }

        if (config.OptionalNumber("query_pre_attn_scalar") is { } scalar) Add("attention.scale", 1 / MathF.Sqrt(scalar));
        AddWindows(layers);
        if (architecture.Positions is null) new RopeTranslator(config).AddMetadata(Add, headSize, layers);
    }

    // Which layers slide: listed by newer files; by older ones said with a period (Gemma 3) or a first layer (Qwen 2).
    private void AddWindows(int layers)
    {
        if (config.OptionalCount("sliding_window") is not { } window || config.OptionalFlag("use_sliding_window") == false) return;
        Add("attention.sliding_window", window);
        if (config.OptionalTexts("layer_types") is { } types)
            Add("attention.sliding_window_pattern", Array.ConvertAll(types, static type => type == "sliding_attention"));
        else if ((config.OptionalCount("sliding_window_pattern") ?? config.OptionalCount("_sliding_window_pattern")) is { } period)
            Add("attention.sliding_window_pattern", period);
        else if (config.OptionalCount("max_window_layers") is { } first)
            Add("attention.sliding_window_pattern", Enumerable.Range(0, layers).Select(layer => layer >= first).ToArray());
    }

    private void AddExperts()
    {
        if ((config.OptionalCount("num_local_experts") ?? config.OptionalCount("num_experts")) is not { } experts) return;
        Add("expert_count", experts);
        Add("expert_used_count", config.Count("num_experts_per_tok"));
        if (config.OptionalCount("moe_intermediate_size") is { } size) Add("expert_feed_forward_length", size);
        else if (architecture.Experts == ExpertLayout.GptOss) Add("expert_feed_forward_length", config.Count("intermediate_size"));
        if (config.OptionalFlag("norm_topk_prob") is { } normalize) Add("expert_weights_norm", normalize);
    }

    private int Either(string key, string other) => config.OptionalCount(key) ?? config.OptionalCount(other) ?? config.Count(key);

    // GGUF files hold counts as unsigned numbers.
    private void Add(string key, object value) => _metadata[$"{architecture.Name}.{key}"] = value is int count ? (uint)count : value;

    // Numbers of llama.cpp's enumeration of file types.
    private static uint FileType(ModelFile tensors) => tensors.Tensors
        .Where(static tensor => tensor.Shape.Count > 1)
        .GroupBy(static tensor => tensor.Type)
        .MaxBy(static group => group.Count())?.Key switch
    {
        TensorType.F16 => 1,
        TensorType.BF16 => 32,
        _ => 0,
    };
}
