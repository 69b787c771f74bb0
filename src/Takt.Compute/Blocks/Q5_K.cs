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
        BlockBits.SetScale(ref result, HalfBits.Load(block), sub, sub);
        BlockBits.SetMin(ref result, HalfBits.Load(block + 2), min, min);
        BlockBits.StoreCodes(ref result,
            BlockBits.Fields(low, shift, 15) | BlockBits.Fields(high, part, 1) << 4,
            BlockBits.Fields(low + 16, shift, 15) | BlockBits.Fields(high + 16, part, 1) << 4);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        AffineSuperblock.Fit(values, 32, 31, 63, out var fit);
        HalfBits.Store(block, fit.Scale);
        HalfBits.Store(block + 2, fit.MinScale);
        PackedScales.Store(block + 4, fit.Scales, fit.Mins);
        for (int k = 0; k < 32; k += 16)
        {
            var high = Vector128<byte>.Zero;
            for (int part = 0; part < 8; part++)
                high |= (BlockBits.LoadCodes(fit.Codes + 32 * part + k, 0) >> 4) << part;
            high.Store(block + 16 + k);
        }
        for (int k = 0; k < 128; k += 16)
        {
            sbyte* codes = fit.Codes + k / 32 * 64 + k % 32;
            BlockBits.StoreNibbles(block + 48 + k, BlockBits.LoadCodes(codes, 0), BlockBits.LoadCodes(codes + 32, 0));
        }
    }
}
