using System.Text.Json;
using Takt.Models.Architectures;

namespace Takt.Models.HuggingFace;

/// <summary>How the experts of a checkpoint are stored.</summary>
internal enum ExpertLayout
{
    /// <summary>One tensor an expert and projection.</summary>
    Separate,

    /// <summary>gpt-oss: all experts in one tensor, gate and up interleaved, matrices transposed or in MXFP4 blocks.</summary>
    GptOss,
}

/// <summary>How a <c>model_type</c> of Hugging Face becomes a GGUF architecture.</summary>
internal sealed record HuggingFaceArchitecture(string ModelType, string Name)
{
    private static readonly Dictionary<string, string> Llama = new()
    {
        ["input_layernorm"] = TensorNames.AttentionNorm,
        ["self_attn.q_proj"] = TensorNames.Query,
        ["self_attn.k_proj"] = TensorNames.Key,
        ["self_attn.v_proj"] = TensorNames.Value,
        ["self_attn.qkv_proj"] = TensorNames.QueryKeyValue,
        ["self_attn.q_norm"] = TensorNames.QueryNorm,
        ["self_attn.k_norm"] = TensorNames.KeyNorm,
        ["self_attn.o_proj"] = TensorNames.AttentionOutput,
        ["post_attention_layernorm"] = TensorNames.FeedForwardNorm,
        ["mlp.gate_proj"] = TensorNames.Gate,
        ["mlp.up_proj"] = TensorNames.Up,
        ["mlp.gate_up_proj"] = TensorNames.Up,
        ["mlp.down_proj"] = TensorNames.Down,
        ["mlp.gate"] = TensorNames.Router,
        ["mlp.router"] = TensorNames.Router,
        ["block_sparse_moe.gate"] = TensorNames.Router,
    };

    private static readonly Dictionary<string, string> Gemma = new(Llama)
    {
        ["post_attention_layernorm"] = TensorNames.PostAttentionNorm,
        ["pre_feedforward_layernorm"] = TensorNames.FeedForwardNorm,
        ["post_feedforward_layernorm"] = TensorNames.PostFeedForwardNorm,
    };

    private static readonly Dictionary<string, string> Glm4 = new(Llama)
    {
        ["post_self_attn_layernorm"] = TensorNames.PostAttentionNorm,
        ["post_mlp_layernorm"] = TensorNames.PostFeedForwardNorm,
    };

    private static readonly Dictionary<string, string> GptOss = new(Llama) { ["post_attention_layernorm"] = TensorNames.PostAttentionNorm };

    private static readonly Dictionary<string, string> Gpt2 = new()
    {
        ["ln_1"] = TensorNames.AttentionNorm,
        ["attn.c_attn"] = TensorNames.QueryKeyValue,
        ["attn.c_proj"] = TensorNames.AttentionOutput,
        ["ln_2"] = TensorNames.FeedForwardNorm,
        ["mlp.c_fc"] = TensorNames.Up,
        ["mlp.c_proj"] = TensorNames.Down,
    };

    // What transformers' Gemma3TextConfig assumes; the published files of the larger models leave these out.
    private const string Gemma3Defaults = """
        {
          "vocab_size": 262208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 131072,
          "rms_norm_eps": 1e-6, "rope_theta": 1000000.0, "rope_local_base_freq": 10000.0, "query_pre_attn_scalar": 256,
          "sliding_window": 4096, "tie_word_embeddings": true
        }
        """;

    private const string NoWindow = """{ "use_sliding_window": false }""";

    private const string Gpt2Defaults = """{ "n_positions": 1024, "layer_norm_epsilon": 1e-5, "tie_word_embeddings": true }""";

    private static readonly Dictionary<string, HuggingFaceArchitecture> Table = new HuggingFaceArchitecture[]
    {
        new("llama", "llama") { InterleavesHeads = true },
        new("mistral", "llama") { InterleavesHeads = true },
        new("mixtral", "llama") { InterleavesHeads = true },
        new("qwen2", "qwen2") { Defaults = NoWindow },
        new("qwen3", "qwen3") { Defaults = NoWindow },
        new("qwen3_moe", "qwen3moe") { Defaults = NoWindow },
        new("gemma2", "gemma2") { Layer = Gemma, NormOffset = 1, Activation = "gelu_pytorch_tanh", Defaults = """{ "tie_word_embeddings": true }""" },
        new("gemma3_text", "gemma3") { Layer = Gemma, NormOffset = 1, Activation = "gelu_pytorch_tanh", Defaults = Gemma3Defaults },
        new("phi3", "phi3"),
        new("gpt2", "gpt2")
        {
            Layer = Gpt2, Layers = "h", Embedding = "wte", Positions = "wpe", OutputNorm = "ln_f", Transposed = true,
            Activation = "gelu_new", Defaults = Gpt2Defaults,
        },
        new("smollm3", "smollm3") { InterleavesHeads = true, Defaults = NoWindow },
        new("olmo2", "olmo2") { Layer = Gemma },
        new("olmo3", "olmo2") { Layer = Gemma },
        new("granite", "granite") { InterleavesHeads = true },
        new("glm4", "glm4") { Layer = Glm4 },
        new("gpt_oss", "gpt-oss") { Layer = GptOss, Experts = ExpertLayout.GptOss },
    }.ToDictionary(static architecture => architecture.ModelType, StringComparer.Ordinal);

    /// <summary>GGUF name of each tensor of a layer by its Hugging Face name, both without <c>.weight</c> and <c>.bias</c>.</summary>
    public IReadOnlyDictionary<string, string> Layer { get; private init; } = Llama;

    /// <summary>Hugging Face name of the list of layers.</summary>
    public string Layers { get; private init; } = "layers";

    /// <summary>That of the token embedding.</summary>
    public string Embedding { get; private init; } = "embed_tokens";

    /// <summary>That of the position embedding, where there is one.</summary>
    public string? Positions { get; private init; }

    /// <summary>That of the norm before the logits.</summary>
    public string OutputNorm { get; private init; } = "norm";

    /// <summary>Whether GGUF stores queries and keys in the order of interleaved pairs.</summary>
    public bool InterleavesHeads { get; private init; }

    /// <summary>What the norms of the checkpoint leave out: Gemma scales by 1 + weight.</summary>
    public float NormOffset { get; private init; }

    /// <summary>Whether the matrices of layers lie transposed (GPT-2's Conv1D).</summary>
    public bool Transposed { get; private init; }

    /// <summary>How experts are stored.</summary>
    public ExpertLayout Experts { get; private init; }

    /// <summary>The only activation it is built with, by transformers' name.</summary>
    public string Activation { get; private init; } = "silu";

    /// <summary>Values of keys that a file may leave out, as JSON.</summary>
    public string Defaults { get; private init; } = "{}";

    /// <summary>Finds the architecture of a configuration.</summary>
    /// <exception cref="InvalidDataException">It is not a known decoder.</exception>
    public static HuggingFaceArchitecture Of(HuggingFaceConfig config)
    {
        string type = config.OptionalText("model_type") ?? throw config.Fail("model_type", "is missing; this is not the configuration of a model.");
        return Table.TryGetValue(type, out HuggingFaceArchitecture? architecture)
            ? architecture
            : throw config.Fail("model_type", $"is '{type}', which is not a known decoder; known are {string.Join(", ", Table.Keys)}.");
    }

    /// <summary>The configuration with the values that its class assumes.</summary>
    public HuggingFaceConfig Complete(HuggingFaceConfig config)
    {
        using JsonDocument defaults = JsonDocument.Parse(Defaults);
        return config.WithDefaults(defaults.RootElement.Clone());
    }
}
