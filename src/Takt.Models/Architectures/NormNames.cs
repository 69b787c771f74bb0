namespace Takt.Models.Architectures;

/// <summary>Where an architecture normalises, as GGUF names of a layer's norms; null where it does not.</summary>
/// <remarks>GGUF's names do not tell: <c>post_attention_norm</c> follows attention in Gemma but precedes the feed-forward in gpt-oss.</remarks>
/// <param name="PreAttention">On the input of attention.</param>
/// <param name="PostAttention">On the output of attention, before it is added to the residual stream.</param>
/// <param name="PreFeedForward">On the input of the feed-forward.</param>
/// <param name="PostFeedForward">On its output, before it is added to the residual stream.</param>
internal sealed record NormNames(string? PreAttention, string? PostAttention, string? PreFeedForward, string? PostFeedForward)
{
    /// <summary>Before both halves of the layer.</summary>
    public static NormNames Pre { get; } = new(TensorNames.AttentionNorm, null, TensorNames.FeedForwardNorm, null);

    /// <summary>Before and after both.</summary>
    public static NormNames Both { get; } = new(
        TensorNames.AttentionNorm, TensorNames.PostAttentionNorm, TensorNames.FeedForwardNorm, TensorNames.PostFeedForwardNorm);

    /// <summary>After both.</summary>
    public static NormNames Post { get; } = new(null, TensorNames.PostAttentionNorm, null, TensorNames.PostFeedForwardNorm);

    /// <summary>Before both, under gpt-oss's names.</summary>
    public static NormNames GptOss { get; } = new(TensorNames.AttentionNorm, null, TensorNames.PostAttentionNorm, null);
}
