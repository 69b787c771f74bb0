using System.Globalization;

namespace Takt.Models.Architectures;

/// <summary>
/// GGUF's names of a decoder's tensors, without <c>.weight</c> or <c>.bias</c>; those of a layer without their prefix
/// (see <see cref="Layer"/>). Which of them a model has is the matter of <see cref="DecoderArchitecture"/>.
/// </summary>
internal static class TensorNames
{
    public const string TokenEmbedding = "token_embd";
    public const string PositionEmbedding = "position_embd";
    public const string OutputNorm = "output_norm";
    public const string Output = "output";
    public const string RopeFactors = "rope_freqs";
    public const string RopeFactorsLong = "rope_factors_long";
    public const string RopeFactorsShort = "rope_factors_short";

    public const string AttentionNorm = "attn_norm";
    public const string Query = "attn_q";
    public const string Key = "attn_k";
    public const string Value = "attn_v";
    public const string QueryKeyValue = "attn_qkv";
    public const string QueryNorm = "attn_q_norm";
    public const string KeyNorm = "attn_k_norm";
    public const string Sinks = "attn_sinks";
    public const string AttentionOutput = "attn_output";
    public const string PostAttentionNorm = "post_attention_norm";
    public const string FeedForwardNorm = "ffn_norm";
    public const string Gate = "ffn_gate";
    public const string Up = "ffn_up";
    public const string Down = "ffn_down";
    public const string PostFeedForwardNorm = "post_ffw_norm";
    public const string Router = "ffn_gate_inp";
    public const string ExpertGates = "ffn_gate_exps";
    public const string ExpertUps = "ffn_up_exps";
    public const string ExpertDowns = "ffn_down_exps";

    /// <summary>The name with its ending.</summary>
    public static string Weight(string name) => name + ".weight";

    /// <summary>The name with its ending.</summary>
    public static string Bias(string name) => name + ".bias";

    /// <summary>The name with the prefix of a layer.</summary>
    public static string Layer(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.{name}");
}
