using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits through the non-linear <see cref="CodeTable.IQ4"/> in a superblock: half d, 8 pairs of high bits and 8 nibbles of
/// sub-scale of 32 values each, 128 bytes of indices; value = d * (scale - 32) * table[index]. Part p has bytes 16p .. 16p + 15, laid
/// out as in <see cref="IQ4_NL"/>.
/// </summary>
public readonly unsafe struct IQ4_XS : IBlockFormat<IQ4_XS>
{
    /// <inheritdoc/>
    public static string Name => "iq4_xs";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 136;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* indices = block + 8 + 16 * part;
        int high = Unsafe.ReadUnaligned<ushort>(block + 2) >> 2 * part & 3;
        int low = block[4 + (part >> 1)] >> 4 * (part & 1) & 15;
        int sub = (high << 4 | low) - 32;
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block), sub, sub);
        BlockBits.StoreCodes(ref result,
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.LowNibbles(indices)),
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.HighNibbles(indices)));
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("iq4_xs");
}
