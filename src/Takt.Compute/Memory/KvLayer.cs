namespace Takt.Compute.Memory;

/// <summary>
/// Keys and values of one layer in blocks of <see cref="BlockTokens"/> tokens: keys as [block][head][value][token], so that the
/// lanes of a register are tokens, values as [block][head][token][value], so that they are values.
/// </summary>
/// <param name="Keys">The first key.</param>
/// <param name="Values">The first value.</param>
/// <param name="Heads">KV heads.</param>
/// <param name="HeadSize">Values in a head.</param>
/// <param name="Half">Whether numbers are half floats; else they are floats.</param>
public readonly record struct KvLayer(nint Keys, nint Values, int Heads, int HeadSize, bool Half)
{
    /// <summary>Tokens in a block.</summary>
    public const int BlockTokens = 32;

    /// <summary>Head size rounded up to whole registers; the padding is zero.</summary>
    public int PaddedHeadSize => Rows.Pad(HeadSize);

    /// <summary>Numbers that the keys (or the values) of one head take in a block.</summary>
    public long HeadBlock => (long)BlockTokens * PaddedHeadSize;

    /// <summary>Where the numbers of a head begin in a block, counted in numbers.</summary>
    public long Offset(int block, int head) => ((long)block * Heads + head) * HeadBlock;
}

/// <summary>What an attention layer computes.</summary>
/// <param name="Heads">Query heads; a multiple of the KV heads.</param>
/// <param name="Scale">Factor on query-key products.</param>
/// <param name="SoftCap">c in c * tanh(score / c), or 0.</param>
/// <param name="Window">Tokens a query sees, itself included, or 0 for all.</param>
/// <param name="Sinks">One logit a head that takes part in the softmax and has no value, or null.</param>
public readonly unsafe record struct AttentionShape(int Heads, float Scale, float SoftCap, int Window, nint Sinks);
