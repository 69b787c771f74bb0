namespace Takt.Compute.Memory;

/// <summary>How keys and values are stored.</summary>
public enum KvType
{
    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>16-bit float.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>Signed bytes with a half float for each 32 values of a head.</summary>
    Q8_0,
}

/// <summary>
/// Keys and values of one layer in blocks of <see cref="BlockTokens"/> tokens: keys as [block][head][value][token], so that the
/// lanes of a register are tokens, values as [block][head][token][value], so that they are values. Scales of a head's block, where
/// there are any, follow its codes: keys' as [32 values][token], values' as [token][32 values].
/// </summary>
/// <param name="Keys">The first key.</param>
/// <param name="Values">The first value.</param>
/// <param name="Heads">KV heads.</param>
/// <param name="HeadSize">Values in a head.</param>
/// <param name="Type">How they are stored.</param>
public readonly record struct KvLayer(nint Keys, nint Values, int Heads, int HeadSize, KvType Type)
{
    /// <summary>Tokens in a block.</summary>
    public const int BlockTokens = 32;

    /// <summary>Head size rounded up to whole registers; the padding is zero.</summary>
    public int PaddedHeadSize => Rows.Pad(HeadSize);

    /// <summary>Bytes that the keys (or the values) of one head take in a block; a multiple of 64.</summary>
    public static long HeadBytes(KvType type, int headSize) => BlockTokens * (type switch
    {
        KvType.F32 => 4L * Rows.Pad(headSize),
        KvType.Q8_0 => Rows.Pad(headSize) + 2L * ScaleGroups(headSize),
        _ => 2L * Rows.Pad(headSize),
    });

    /// <summary>Scales that a quantised head of one token has.</summary>
    public static int ScaleGroups(int headSize) => (headSize + 31) / 32;

    /// <summary>Where a head begins in a block, in bytes.</summary>
    public long Offset(int block, int head) => ((long)block * Heads + head) * HeadBytes(Type, HeadSize);
}

/// <summary>What an attention layer computes.</summary>
/// <param name="Heads">Query heads; a multiple of the KV heads.</param>
/// <param name="Scale">Factor on query-key products.</param>
/// <param name="SoftCap">c in c * tanh(score / c), or 0.</param>
/// <param name="Window">Tokens a query sees, itself included, or 0 for all.</param>
/// <param name="Sinks">One logit a head that takes part in the softmax and has no value, or null.</param>
public readonly unsafe record struct AttentionShape(int Heads, float Scale, float SoftCap, int Window, nint Sinks);
