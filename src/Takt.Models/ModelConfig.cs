namespace Takt.Models;

/// <summary>Which normalisation a model uses.</summary>
public enum NormKind
{
    /// <summary>Root mean square (Zhang and Sennrich, 2019); scale only.</summary>
    Rms,

    /// <summary>Layer normalisation (Ba et al., 2016); scale and bias.</summary>
    Layer,
}

/// <summary>How pairs of a head's values are rotated by position (Su et al., 2021).</summary>
public enum RopeKind
{
    /// <summary>No rotation.</summary>
    None,

    /// <summary>Pairs (2i, 2i+1).</summary>
    Interleaved,

    /// <summary>Pairs (i, i + n/2), as GPT-NeoX has it.</summary>
    NeoX,
}

/// <summary>How router logits become expert weights.</summary>
public enum ExpertGating
{
    /// <summary>Softmax over all experts, then the best k.</summary>
    Softmax,

    /// <summary>The best k logits, then softmax over those.</summary>
    SoftmaxOfTop,
}

/// <summary>Rotary embedding of one kind of layer. Angles: position * Base^(-2i/Dimensions) * FrequencyScale, then YaRN's correction.</summary>
/// <param name="Base">theta.</param>
/// <param name="FrequencyScale">1/factor for linear and YaRN scaling, else 1.</param>
/// <param name="YarnExtension">1 when YaRN mixes scaled and unscaled angles, else 0.</param>
/// <param name="OriginalContext">Context of the unscaled model in tokens (YaRN).</param>
/// <param name="AttentionFactor">Factor on cosine and sine before YaRN's own magnitude scale.</param>
/// <param name="BetaFast">YaRN's fast boundary.</param>
/// <param name="BetaSlow">YaRN's slow boundary.</param>
/// <param name="Truncate">Whether YaRN's correction dimensions are rounded outwards to whole numbers (gpt-oss: no).</param>
public sealed record RopeConfig(
    float Base, float FrequencyScale = 1, float YarnExtension = 0, int OriginalContext = 0,
    float AttentionFactor = 1, float BetaFast = 32, float BetaSlow = 1, bool Truncate = true);

/// <summary>What differs from layer to layer.</summary>
/// <param name="Window">Sliding-window size in tokens (a query sees itself and the Window-1 tokens before it), or 0 for all.</param>
/// <param name="Rope">The rotation of this layer, or null for none (NoPE layers).</param>
/// <param name="Experts">Whether its feed-forward is a mixture of experts.</param>
public sealed record LayerConfig(int Window, RopeConfig? Rope, bool Experts);

/// <summary>The shape of a decoder: everything the forward pass must know that is not a weight.</summary>
public sealed record ModelConfig
{
    /// <summary>GGUF's name of the architecture, such as <c>llama</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Tokens in the vocabulary.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Tokens of context the model was made for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Width of the dense feed-forward layer.</summary>
    public required int FeedForwardSize { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key-value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Values in a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>One entry a layer.</summary>
    public required IReadOnlyList<LayerConfig> Layers { get; init; }

    /// <summary>Kind of every norm but those of heads, which are always <see cref="NormKind.Rms"/>.</summary>
    public NormKind Norm { get; init; } = NormKind.Rms;

    /// <summary>Epsilon of the norms.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>How pairs are rotated.</summary>
    public RopeKind Rope { get; init; } = RopeKind.None;

    /// <summary>Rotated values of a head (the first ones).</summary>
    public int RopeSize { get; init; }

    /// <summary>The activation.</summary>
    public Activation Activation { get; init; } = Activation.SwiGlu;

    /// <summary>Factor on query-key products, 1/sqrt(HeadSize) unless the model says otherwise.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>c in c * tanh(score / c) on attention scores; 0 for none.</summary>
    public float AttentionSoftCap { get; init; }

    /// <summary>The same on final logits; 0 for none.</summary>
    public float LogitSoftCap { get; init; }

    /// <summary>Factor on embeddings (Gemma: sqrt(HiddenSize); Granite).</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>Factor on what a layer adds to the residual stream (Granite).</summary>
    public float ResidualScale { get; init; } = 1;

    /// <summary>Factor on final logits (Granite: 1 / logits_scaling).</summary>
    public float LogitScale { get; init; } = 1;

    /// <summary>Experts in a mixture layer; 0 for dense models.</summary>
    public int Experts { get; init; }

    /// <summary>Experts used per token.</summary>
    public int ExpertsUsed { get; init; }

    /// <summary>Width of an expert.</summary>
    public int ExpertSize { get; init; }

    /// <summary>How the router chooses.</summary>
    public ExpertGating Gating { get; init; }

    /// <summary>Whether the chosen experts' weights are scaled to sum to one.</summary>
    public bool NormalizeExperts { get; init; }

    /// <summary>Factor on the chosen experts' weights.</summary>
    public float ExpertScale { get; init; } = 1;
}
