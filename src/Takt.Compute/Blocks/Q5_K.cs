using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Five bits in a superblock: half d, half dmin, <see cref="PackedScales"/>, 32 bytes of high bits, 128 bytes of low bits;
/// value = d * scale * code - dmin * min. Low bits lie as in <see cref="Q4_K"/>; the high bit of value 32p + k is bit p of byte k.
/// </summary>
public readonly unsafe struct Q5_K : IBlockFormat<Q5_K>
{
    /// <inheritdoc/>
    public static string Name => "q5_k";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 176;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* high = block + 16, low = block + 48 + 32 * (part >> 1);
        int shift = 4 * (part & 1);
        int sub = PackedScales.Scale(block + 4, part), min = PackedScales.Min(block + 4, part);
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block), sub, sub);
        BlockBits.SetMin(ref result, BlockBits.LoadHalf(block + 2), min, min);
        BlockBits.StoreCodes(ref result,
            BlockBits.Fields(low, shift, 15) | BlockBits.Fields(high, part, 1) << 4,
            BlockBits.Fields(low + 16, shift, 15) | BlockBits.Fields(high + 16, part, 1) << 4);
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q5_k");
}
