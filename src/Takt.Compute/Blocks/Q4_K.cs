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
        BlockBits.SetScale(ref result, HalfBits.Load(block), sub, sub);
        BlockBits.SetMin(ref result, HalfBits.Load(block + 2), min, min);
        BlockBits.StoreCodes(ref result, BlockBits.Fields(codes, shift, 15), BlockBits.Fields(codes + 16, shift, 15));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        AffineSuperblock.Fit(values, 32, 15, 63, out var fit);
        HalfBits.Store(block, fit.Scale);
        HalfBits.Store(block + 2, fit.MinScale);
        PackedScales.Store(block + 4, fit.Scales, fit.Mins);
        for (int k = 0; k < 128; k += 16)
        {
            sbyte* codes = fit.Codes + k / 32 * 64 + k % 32;
            BlockBits.StoreNibbles(block + 16 + k, BlockBits.LoadCodes(codes, 0), BlockBits.LoadCodes(codes + 32, 0));
        }
    }
}
