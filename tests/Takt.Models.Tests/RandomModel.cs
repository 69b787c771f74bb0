using System.Globalization;
using System.Text;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Testing;

/// <summary>Dimensions of a random model.</summary>
internal sealed record RandomModelSize
{
    public int Hidden { get; init; } = 256;

    public int Layers { get; init; } = 4;

    public int Heads { get; init; } = 8;

    public int KvHeads { get; init; } = 4;

    public int HeadSize { get; init; } = 64;

    public int FeedForward { get; init; } = 512;

    public int Vocabulary { get; init; } = 512;

    public int Context { get; init; } = 512;

    public int Window { get; init; } = 16;

    public int Experts { get; init; } = 8;

    public int ExpertsUsed { get; init; } = 2;

    public int ExpertSize { get; init; } = 256;
}

/// <summary>
/// Makes models of any decoder architecture with random F32 weights, as GGUF views with a synthetic vocabulary that other engines load too.
/// The same architecture, size and seed give the same numbers.
/// </summary>
internal sealed unsafe class RandomModel
{
    private readonly string _architecture;
    private readonly RandomModelSize _size;
    private readonly ulong _seed;
    private readonly Dictionary<string, object> _metadata = [];
    private readonly List<(string Name, long[] Shape, float Mean, float Deviation)> _tensors = [];

    private RandomModel(string architecture, RandomModelSize size, ulong seed) =>
        (_architecture, _size, _seed) = (architecture, Fit(architecture, size), seed);

    /// <summary>The architectures it can make; <c>mixtral</c> is llama with experts.</summary>
    public static IReadOnlyList<string> Architectures { get; } =
    [
        "llama", "mixtral", "qwen2", "qwen3", "qwen3moe", "gemma2", "gemma3", "phi3", "gpt2", "smollm3", "olmo2", "granite", "glm4", "gpt-oss",
    ];

    /// <summary>Makes a model; disposing it frees the weights.</summary>
    /// <exception cref="ArgumentException">The architecture is not one of these, or the vocabulary is too small.</exception>
    public static ModelFile Create(string architecture, RandomModelSize? size = null, ulong seed = 1)
    {
        if (!Architectures.Contains(architecture))
            throw new ArgumentException($"'{architecture}' is not an architecture this makes; it makes {string.Join(", ", Architectures)}.");
        var model = new RandomModel(architecture, size ?? new RandomModelSize(), seed);
        model.AddMetadata();
        model.AddVocabulary();
        model.AddTensors();
        return model.Fill();
    }

    // What llama.cpp demands of some architectures: heads that make up the width, or one head size for all.
    private static RandomModelSize Fit(string architecture, RandomModelSize size) => architecture switch
    {
        "qwen2" or "phi3" or "olmo2" => size with { HeadSize = size.Hidden / size.Heads },
        "gpt2" => size with { HeadSize = size.Hidden / size.Heads, KvHeads = size.Heads },
        _ => size,
    };

    private void AddMetadata()
    {
        string name = _architecture == "mixtral" ? "llama" : _architecture;
        _metadata["general.architecture"] = name;
        _metadata["general.name"] = $"random {_architecture}";
        _metadata["general.file_type"] = 0u;
        void Add(string key, object value) => _metadata[$"{name}.{key}"] = value;
        Add("vocab_size", (uint)_size.Vocabulary);
        Add("context_length", (uint)_size.Context);
        Add("embedding_length", (uint)_size.Hidden);
        Add("block_count", (uint)_size.Layers);
        Add("feed_forward_length", (uint)_size.FeedForward);
        Add("attention.head_count", (uint)_size.Heads);
        Add("attention.head_count_kv", (uint)_size.KvHeads);
        Add(name == "gpt2" ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", 1e-5f);
        if (name == "gpt2") return;
        Add("attention.key_length", (uint)_size.HeadSize);
        Add("attention.value_length", (uint)_size.HeadSize);
        Add("rope.dimension_count", (uint)(name == "glm4" ? _size.HeadSize / 2 : _size.HeadSize));
        Add("rope.freq_base", 10000f);
        switch (_architecture)
        {
            case "gemma2":
                Add("attn_logit_softcapping", 50f);
                Add("final_logit_softcapping", 30f);
                Add("attention.sliding_window", (uint)_size.Window);
                break;
            case "gemma3":
                Add("rope.freq_base", 1e6f);
                Add("attention.sliding_window", (uint)_size.Window);
                break;
            case "granite":
                Add("embedding_scale", 3f);
                Add("residual_scale", 0.5f);
                Add("logit_scale", 2f);
                Add("attention.scale", 0.1f);
                break;
            case "gpt-oss":
                Add("attention.sliding_window", (uint)_size.Window);
                break;
            default:
                break;
        }

        if (!HasExperts) return;
        Add("expert_count", (uint)_size.Experts);
        Add("expert_used_count", (uint)_size.ExpertsUsed);
        if (name != "llama") Add("expert_feed_forward_length", (uint)_size.ExpertSize);
    }

    private bool HasExperts => _architecture is "mixtral" or "qwen3moe" or "gpt-oss";

    private void AddVocabulary()
    {
        if (_size.Vocabulary < 260) throw new ArgumentException($"a vocabulary of {_size.Vocabulary} tokens; the synthetic one needs 260 or more.");
        // llama.cpp looks for <|endoftext|> in models whose name has phi3 in it.
        const int Normal = 1, Unknown = 2, Control = 3, Byte = 6;
        List<string> tokens = ["<unk>", "<s>", "</s>", "<|endoftext|>", .. Enumerable.Range(0, 256).Select(static i => $"<0x{i:X2}>")];
        List<int> types = [Unknown, Control, Control, Control, .. Enumerable.Repeat(Byte, 256)];
        for (int n = 0; tokens.Count < _size.Vocabulary; n++)
        {
            var letters = new StringBuilder();
            for (int rest = n / 2; rest >= 0; rest = rest / 26 - 1) letters.Insert(0, (char)('a' + rest % 26));
            tokens.Add((n % 2 == 1 ? "\u2581" : "") + letters);
            types.Add(Normal);
        }

        _metadata["tokenizer.ggml.model"] = "llama";
        _metadata["tokenizer.ggml.tokens"] = tokens.ToArray();
        _metadata["tokenizer.ggml.scores"] = tokens.Select(static (_, i) => i < 260 ? 0f : 260f - i).ToArray();
        _metadata["tokenizer.ggml.token_type"] = types.ToArray();
        _metadata["tokenizer.ggml.bos_token_id"] = 1u;
        _metadata["tokenizer.ggml.eos_token_id"] = 2u;
        _metadata["tokenizer.ggml.unknown_token_id"] = 0u;
    }

    private void AddTensors()
    {
        Linear("token_embd", _size.Hidden, _size.Vocabulary);
        if (_architecture == "gpt2") Linear("position_embd", _size.Hidden, _size.Context);
        for (int layer = 0; layer < _size.Layers; layer++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.");
            AddAttention(prefix);
            if (HasExperts) AddExperts(prefix);
            else AddFeedForward(prefix);
        }

        Norm("output_norm", _size.Hidden);
        if (_architecture is not ("gemma2" or "gemma3" or "gpt2" or "smollm3")) Linear("output", _size.Hidden, _size.Vocabulary);
    }

    private void AddAttention(string prefix)
    {
        int queries = _size.Heads * _size.HeadSize, keys = _size.KvHeads * _size.HeadSize;
        if (_architecture != "olmo2") Norm(prefix + "attn_norm", _size.Hidden);
        if (_architecture is "phi3" or "gpt2")
        {
            Linear(prefix + "attn_qkv", _size.Hidden, queries + 2 * keys);
        }
        else
        {
            Linear(prefix + "attn_q", _size.Hidden, queries);
            Linear(prefix + "attn_k", _size.Hidden, keys);
            Linear(prefix + "attn_v", _size.Hidden, keys);
        }

        if (_architecture is "gpt2") Bias(prefix + "attn_qkv", queries + 2 * keys);
        if (_architecture is "qwen2" or "glm4" or "gpt-oss")
        {
            Bias(prefix + "attn_q", queries);
            Bias(prefix + "attn_k", keys);
            Bias(prefix + "attn_v", keys);
        }

        if (_architecture is "qwen3" or "qwen3moe" or "gemma3" or "olmo2")
        {
            bool whole = _architecture == "olmo2";
            Norm(prefix + "attn_q_norm", whole ? queries : _size.HeadSize);
            Norm(prefix + "attn_k_norm", whole ? keys : _size.HeadSize);
        }

        if (_architecture == "gpt-oss") _tensors.Add((prefix + "attn_sinks.weight", [_size.Heads], 0, 1));
        Linear(prefix + "attn_output", queries, _size.Hidden);
        if (_architecture is "gpt2" or "gpt-oss") Bias(prefix + "attn_output", _size.Hidden);
        if (_architecture is "gemma2" or "gemma3" or "glm4" or "olmo2" or "gpt-oss") Norm(prefix + "post_attention_norm", _size.Hidden);
    }

    private void AddFeedForward(string prefix)
    {
        int up = _architecture is "phi3" or "glm4" ? 2 * _size.FeedForward : _size.FeedForward;
        if (_architecture != "olmo2") Norm(prefix + "ffn_norm", _size.Hidden);
        if (_architecture is not ("phi3" or "glm4" or "gpt2")) Linear(prefix + "ffn_gate", _size.Hidden, up);
        Linear(prefix + "ffn_up", _size.Hidden, up);
        Linear(prefix + "ffn_down", _size.FeedForward, _size.Hidden);
        if (_architecture == "gpt2")
        {
            Bias(prefix + "ffn_up", up);
            Bias(prefix + "ffn_down", _size.Hidden);
        }

        if (_architecture is "gemma2" or "gemma3" or "glm4" or "olmo2") Norm(prefix + "post_ffw_norm", _size.Hidden);
    }

    private void AddExperts(string prefix)
    {
        int size = _architecture == "mixtral" ? _size.FeedForward : _size.ExpertSize;
        if (_architecture != "gpt-oss") Norm(prefix + "ffn_norm", _size.Hidden);
        Linear(prefix + "ffn_gate_inp", _size.Hidden, _size.Experts);
        Linear(prefix + "ffn_gate_exps", _size.Hidden, size, _size.Experts);
        Linear(prefix + "ffn_up_exps", _size.Hidden, size, _size.Experts);
        Linear(prefix + "ffn_down_exps", size, _size.Hidden, _size.Experts);
        if (_architecture != "gpt-oss") return;
        Bias(prefix + "ffn_gate_inp", _size.Experts);
        Bias(prefix + "ffn_gate_exps", size, _size.Experts);
        Bias(prefix + "ffn_up_exps", size, _size.Experts);
        Bias(prefix + "ffn_down_exps", _size.Hidden, _size.Experts);
    }

    private void Linear(string name, params long[] shape) => _tensors.Add((name + ".weight", shape, 0, 1 / MathF.Sqrt(shape[0])));

    private void Bias(string name, params long[] shape) => _tensors.Add((name + ".bias", shape, 0, 0.1f));

    private void Norm(string name, int width)
    {
        _tensors.Add((name + ".weight", [width], 1, 0.1f));
        if (_architecture == "gpt2") Bias(name, width);
    }

    private ModelFile Fill()
    {
        long total = _tensors.Sum(static tensor => Aligned(tensor.Shape.Aggregate(1L, static (a, b) => a * b)));
        var memory = new NativeBuffer(total * sizeof(float));
        float* next = memory.Floats;
        var tensors = new List<Tensor>();
        foreach ((string name, long[] shape, float mean, float deviation) in _tensors)
        {
            var tensor = new Tensor(name, TensorType.F32, shape, (nint)next, shape.Aggregate(1L, static (a, b) => a * b) * sizeof(float));
            ulong state = name.Aggregate(_seed, static (hash, letter) => Mix(hash ^ letter));
            for (long i = 0; i < tensor.Count; i++) next[i] = mean + deviation * Normal(ref state);
            next += Aligned(tensor.Count);
            tensors.Add(tensor);
        }

        return new ModelFile($"random-{_architecture}", _metadata, tensors, memory);
    }

    private static long Aligned(long count) => (count + 15) & ~15L;

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number of mean 0 and variance 1: the sum of four uniform ones.</summary>
    private static float Normal(ref ulong state)
    {
        ulong bits = Mix(state++);
        int sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * (1.7320508f / 65536f);
    }
}
