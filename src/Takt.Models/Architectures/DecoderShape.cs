using Takt.Formats;

namespace Takt.Models.Architectures;

/// <summary>What the readers of all decoder architectures share: from metadata to the parts of a <see cref="ModelConfig"/>.</summary>
internal static class DecoderShape
{
    private const int MaxLayers = 1024;
    private const int MaxWidth = 1 << 20;
    private const int MaxTokens = 1 << 28;
    private const int MaxExperts = 1024;

    /// <summary>The dimensions that every decoder has; layers are plain (full attention, one rotation) unless the caller replaces them.</summary>
    /// <param name="metadata">Where the dimensions are read from.</param>
    /// <param name="rope">How the architecture pairs rotated values.</param>
    /// <param name="norm">Its kind of norm.</param>
    /// <param name="truncateYarn">Whether it rounds YaRN's correction dimensions.</param>
    public static ModelConfig Read(
        MetadataReader metadata, RopeKind rope, NormKind norm = NormKind.Rms, bool truncateYarn = true)
    {
        int hidden = metadata.Count("embedding_length", MaxWidth);
        int heads = metadata.Count("attention.head_count", MaxWidth);
        int kvHeads = metadata.Count("attention.head_count_kv", 1, MaxWidth, heads);
        if (heads % kvHeads != 0)
            throw metadata.Wrong("attention.head_count_kv", kvHeads, $"a divisor of the {heads} query heads");
        int headSize = HeadSize(metadata, hidden, heads);
        // Layers that predict further tokens come last and are left out.
        int layers = metadata.Count("block_count", MaxLayers);
        layers -= metadata.Count("nextn_predict_layers", 0, layers - 1, 0);
        int context = metadata.Count("context_length", MaxTokens);
        var config = new ModelConfig
        {
            Architecture = metadata.Architecture,
            VocabularySize = VocabularySize(metadata),
            HiddenSize = hidden,
            ContextLength = context,
            FeedForwardSize = FeedForwardSize(metadata),
            Heads = heads,
            KvHeads = kvHeads,
            HeadSize = headSize,
            Layers = [],
            Norm = norm,
            NormEpsilon = metadata.Positive(norm == NormKind.Rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"),
            Rope = rope,
            RopeSize = rope == RopeKind.None ? 0 : RopeSize(metadata, headSize),
            AttentionScale = metadata.Positive("attention.scale", 1 / MathF.Sqrt(headSize)),
        };
        RopeConfig? rotation = rope == RopeKind.None ? null : Rope(metadata, context, truncateYarn);
        return config with { Layers = Layers(layers, _ => new LayerConfig(0, rotation, Experts: false)) };
    }

    /// <summary>The same with experts: a layer has them where the file has its router.</summary>
    public static ModelConfig WithExperts(this ModelConfig config, MetadataReader metadata, ExpertGating gating, bool normalize)
    {
        int experts = metadata.Count("expert_count", MaxExperts);
        return config with
        {
            Layers = Layers(config.Layers.Count, layer => config.Layers[layer] with
            {
                Experts = metadata.File.Find(TensorNames.Weight(TensorNames.Layer(layer, TensorNames.Router))) is not null,
            }),
            Experts = experts,
            ExpertsUsed = metadata.Count("expert_used_count", experts),
            ExpertSize = metadata.Count("expert_feed_forward_length", 1, MaxWidth, config.FeedForwardSize),
            Gating = gating,
            NormalizeExperts = metadata.Flag("expert_weights_norm", normalize),
            ExpertScale = metadata.Positive("expert_weights_scale", 1),
        };
    }

    /// <summary>The same with sliding windows on the layers of <c>attention.sliding_window_pattern</c>.</summary>
    /// <param name="config">The configuration so far.</param>
    /// <param name="metadata">Where the pattern and the window are read from.</param>
    /// <param name="period">Where the file has no pattern: every period-th layer sees everything, the others slide; 0: all slide.</param>
    /// <param name="absentWindow">The window where the file has none; 0: then no layer slides.</param>
    /// <param name="slidingRope">Rotation of sliding layers, if it differs.</param>
    public static ModelConfig WithWindows(
        this ModelConfig config, MetadataReader metadata, int period, int absentWindow = 0, RopeConfig? slidingRope = null)
    {
        int window = metadata.Count("attention.sliding_window", 0, int.MaxValue, absentWindow);
        if (window == 0) return config;
        int layers = config.Layers.Count;
        bool[]? pattern = metadata.Flags("attention.sliding_window_pattern", layers);
        if (pattern is null) period = metadata.Count("attention.sliding_window_pattern", 0, MaxLayers, period);
        return config with
        {
            Layers = Layers(layers, layer =>
            {
                LayerConfig full = config.Layers[layer];
                bool slides = pattern?[layer] ?? (period == 0 || layer % period < period - 1);
                return slides ? full with { Window = window, Rope = slidingRope ?? full.Rope } : full;
            }),
        };
    }

    /// <summary>The same, with no rotation where <paramref name="rotates"/> says so.</summary>
    public static ModelConfig WithRopeOn(this ModelConfig config, Func<int, bool> rotates) => config with
    {
        Layers = Layers(
            config.Layers.Count, layer => rotates(layer) ? config.Layers[layer] : config.Layers[layer] with { Rope = null }),
    };

    /// <summary>Base and scaling of the rotation.</summary>
    private static RopeConfig Rope(MetadataReader metadata, int context, bool truncate)
    {
        string scaling = metadata.Text("rope.scaling.type", "linear");
        float factor = metadata.Positive("rope.scaling.factor", metadata.Positive("rope.scale_linear", 1));
        var rope = new RopeConfig(metadata.Positive("rope.freq_base", 10000))
        {
            OriginalContext = metadata.Count("rope.scaling.original_context_length", 1, MaxTokens, context),
            AttentionFactor = metadata.Positive("rope.scaling.attn_factor", 1),
        };
        switch (scaling)
        {
            case "none":
            case "longrope": // its frequencies come as tensors
                return rope;
            case "linear":
                return rope with { FrequencyScale = 1 / factor };
            case "yarn":
                // Converters store the whole magnitude as yarn_attn_factor, YaRN's own part included.
                float own = factor > 1 ? 1 + 0.1f * MathF.Log(factor) : 1;
                return rope with
                {
                    FrequencyScale = 1 / factor,
                    YarnExtension = metadata.Positive("rope.scaling.yarn_ext_factor", 1),
                    AttentionFactor = rope.AttentionFactor * metadata.Positive("rope.scaling.yarn_attn_factor", own) / own,
                    BetaFast = metadata.Positive("rope.scaling.yarn_beta_fast", rope.BetaFast),
                    BetaSlow = metadata.Positive("rope.scaling.yarn_beta_slow", rope.BetaSlow),
                    Truncate = metadata.Flag("rope.scaling.yarn_truncate", truncate),
                };
            default:
                throw metadata.Wrong("rope.scaling.type", scaling, "none, linear, yarn or longrope");
        }
    }

    private static int HeadSize(MetadataReader metadata, int hidden, int heads)
    {
        if (!metadata.Has("attention.key_length") && hidden % heads != 0)
            throw metadata.Wrong("embedding_length", hidden, $"a multiple of the {heads} heads where 'attention.key_length' is absent");
        int size = metadata.Count("attention.key_length", 1, MaxWidth, hidden / heads);
        if ((long)heads * size > MaxWidth)
            throw metadata.Wrong("attention.key_length", size, $"a head size that gives {heads} heads at most {MaxWidth} values together");
        int values = metadata.Count("attention.value_length", 1, MaxWidth, size);
        return values == size
            ? size
            : throw metadata.Wrong("attention.value_length", values, $"{size}, the key length (heads of two sizes are not supported)");
    }

    private static int RopeSize(MetadataReader metadata, int headSize)
    {
        int size = metadata.Count("rope.dimension_count", 1, MaxWidth, headSize);
        return size % 2 == 0 && size <= headSize
            ? size
            : throw metadata.Wrong("rope.dimension_count", size, $"an even number of at most {headSize}, the head size");
    }

    private static int FeedForwardSize(MetadataReader metadata) => metadata.Has("expert_feed_forward_length")
        ? metadata.Count("feed_forward_length", 0, MaxWidth, 0)
        : metadata.Count("feed_forward_length", MaxWidth);

    private static int VocabularySize(MetadataReader metadata)
    {
        Tensor? embedding = metadata.File.Find(TensorNames.Weight(TensorNames.TokenEmbedding));
        if (embedding is { Shape: [_, > 0 and <= MaxTokens] }) return (int)embedding.Shape[1];
        int listed = metadata.File.Metadata.GetValueOrDefault("tokenizer.ggml.tokens") is Array tokens ? tokens.Length : 0;
        return listed > 0 ? listed : metadata.Count("vocab_size", MaxTokens);
    }

    private static LayerConfig[] Layers(int count, Func<int, LayerConfig> layer) => [.. Enumerable.Range(0, count).Select(layer)];
}
