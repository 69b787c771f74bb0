namespace Takt.Compute.Blocks;

/// <summary>
/// Thirty-two consecutive weights in the form every quantised format can be brought to:
/// <c>value[k] = (Scale * Sub[k / 16]) * Codes[k] - (MinScale * SubMin[k / 16])</c>, each product rounded to float.
/// </summary>
/// <remarks>
/// Formats without sub-block scales have Sub = 1; formats without a minimum have MinScale = 0. The integer sub-scales keep
/// <c>|Sub0 * dot0| + |Sub1 * dot1|</c> below 2^24 for activations of at most 127, so a float holds the sum exactly.
/// </remarks>
public unsafe struct BlockPart
{
    /// <summary>The integer codes, -128..127.</summary>
    public fixed sbyte Codes[32];

    /// <summary>Scale of the (super)block.</summary>
    public float Scale;

    /// <summary>Integer scale of weights 0-15.</summary>
    public int Sub0;

    /// <summary>Integer scale of weights 16-31.</summary>
    public int Sub1;

    /// <summary>Scale of the minimum; 0 where the format has none.</summary>
    public float MinScale;

    /// <summary>Integer minimum of weights 0-15.</summary>
    public int SubMin0;

    /// <summary>Integer minimum of weights 16-31.</summary>
    public int SubMin1;
}

/// <summary>A quantised weight format: how a block of values lies in a file.</summary>
/// <typeparam name="TSelf">The format itself.</typeparam>
public unsafe interface IBlockFormat<TSelf> where TSelf : struct, IBlockFormat<TSelf>
{
    /// <summary>The format's usual name, such as <c>q4_0</c>.</summary>
    static abstract string Name { get; }

    /// <summary>Values in a block: 32, or 256 for superblocks.</summary>
    static abstract int Values { get; }

    /// <summary>Bytes in a block.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads weights <c>32 * part .. 32 * part + 31</c> of the block.</summary>
    static abstract void Unpack(byte* block, int part, out BlockPart result);

    /// <summary>Writes the block that represents <see cref="Values"/> floats best.</summary>
    static abstract void Quantize(float* values, byte* block);
}
