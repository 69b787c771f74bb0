using Takt.Formats;

namespace Takt.Models.Architectures;

/// <summary>The weights of a linear map or a norm and, where the model has one, its bias.</summary>
/// <param name="Weight">Shape [inputs, outputs], [inputs, outputs, experts] or, of a norm, [width].</param>
/// <param name="Bias">Shape [outputs], [outputs, experts] or [width], or null.</param>
public sealed record WeightAndBias(Tensor Weight, Tensor? Bias);

/// <summary>The tensors of one layer by what they do, whatever the file calls them; null is a step that the layer does not have.</summary>
/// <remarks>
/// Attention has either <see cref="QueryKeyValue"/> or all of <see cref="Query"/>, <see cref="Key"/> and <see cref="Value"/>.
/// A dense layer has <see cref="Down"/> with either <see cref="GateUp"/>, or <see cref="Up"/> (and <see cref="Gate"/> where the activation
/// has a gate); a mixture of experts has <see cref="Router"/> and the three of the experts.
/// </remarks>
public sealed record LayerTensors
{
    /// <summary>Norm on the input of attention.</summary>
    public required WeightAndBias? PreAttentionNorm { get; init; }

    /// <summary>Norm on the output of attention, before it is added to the residual stream.</summary>
    public required WeightAndBias? PostAttentionNorm { get; init; }

    /// <summary>Norm on the input of the feed-forward.</summary>
    public required WeightAndBias? PreFeedForwardNorm { get; init; }

    /// <summary>Norm on the output of the feed-forward, before it is added to the residual stream.</summary>
    public required WeightAndBias? PostFeedForwardNorm { get; init; }

    /// <summary>Queries: Heads * HeadSize rows.</summary>
    public WeightAndBias? Query { get; init; }

    /// <summary>Keys: KvHeads * HeadSize rows.</summary>
    public WeightAndBias? Key { get; init; }

    /// <summary>Values: KvHeads * HeadSize rows.</summary>
    public WeightAndBias? Value { get; init; }

    /// <summary>The three in one matrix: rows of queries, keys, values.</summary>
    public WeightAndBias? QueryKeyValue { get; init; }

    /// <summary>RMS norm of queries before rotation: of each head by itself where it has HeadSize values, else of all heads together.</summary>
    public Tensor? QueryNorm { get; init; }

    /// <summary>The same for keys.</summary>
    public Tensor? KeyNorm { get; init; }

    /// <summary>One logit a query head that takes part in the softmax and nowhere else.</summary>
    public Tensor? Sinks { get; init; }

    /// <summary>From the heads back to the residual stream.</summary>
    public required WeightAndBias AttentionOutput { get; init; }

    /// <summary>The gate of a dense feed-forward.</summary>
    public WeightAndBias? Gate { get; init; }

    /// <summary>Its up projection.</summary>
    public WeightAndBias? Up { get; init; }

    /// <summary>Gate and up in one matrix: FeedForwardSize rows of the gate, then as many of up.</summary>
    public WeightAndBias? GateUp { get; init; }

    /// <summary>Its down projection.</summary>
    public WeightAndBias? Down { get; init; }

    /// <summary>Router of a mixture of experts: one row an expert.</summary>
    public WeightAndBias? Router { get; init; }

    /// <summary>Gates of the experts, shape [hidden, expert size, experts].</summary>
    public WeightAndBias? ExpertGates { get; init; }

    /// <summary>Their up projections, of the same shape.</summary>
    public WeightAndBias? ExpertUps { get; init; }

    /// <summary>Their down projections, shape [expert size, hidden, experts].</summary>
    public WeightAndBias? ExpertDowns { get; init; }
}

/// <summary>All tensors of a decoder.</summary>
public sealed record DecoderTensors
{
    /// <summary>One row a token.</summary>
    public required Tensor TokenEmbedding { get; init; }

    /// <summary>One row a position, where positions are learned.</summary>
    public Tensor? PositionEmbedding { get; init; }

    /// <summary>One entry a layer.</summary>
    public required IReadOnlyList<LayerTensors> Layers { get; init; }

    /// <summary>The norm before the logits.</summary>
    public required WeightAndBias OutputNorm { get; init; }

    /// <summary>One row a token; its weight is <see cref="TokenEmbedding"/> where the two are tied.</summary>
    public required WeightAndBias Output { get; init; }

    /// <summary>Divisors of the rotation's frequencies, RopeSize / 2 values in F32 (Llama 3), or null.</summary>
    public Tensor? RopeFactors { get; init; }

    /// <summary>The same for contexts longer than <see cref="RopeConfig.OriginalContext"/> (LongRoPE), or null.</summary>
    public Tensor? RopeFactorsLong { get; init; }

    /// <summary>The same for shorter contexts (LongRoPE), or null.</summary>
    public Tensor? RopeFactorsShort { get; init; }
}
