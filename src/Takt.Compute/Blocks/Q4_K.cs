using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits in a superblock: half d, half dmin, <see cref="PackedScales"/>, 128 bytes of codes; value = d * scale * code - dmin *
/// min. Of bytes 32n + k the low nibble is value 64n + k, the high one value 64n + 32 + k.
/// </summary>
public readonly unsafe struct Q4_K : IBlockFormat<Q4_K>
{
    /// <inheritdoc/>
    public static string Name => "q4_k";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 144;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* codes = block + 16 + 32 * (part >> 1);
        int shift = 4 * (part & 1);
        int sub = PackedScales.Scale(block + 4, part), min = PackedScales.Min(block + 4, part);
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block), sub, sub);
        BlockBits.SetMin(ref result, BlockBits.LoadHalf(block + 2), min, min);
        BlockBits.StoreCodes(ref result, BlockBits.Fields(codes, shift, 15), BlockBits.Fields(codes + 16, shift, 15));
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q4_k");
}
