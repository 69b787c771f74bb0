using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Two bits in a superblock: 16 bytes of sub-scale (low nibble) and sub-minimum (high) of 16 values each, 64 bytes of codes, half d,
/// half dmin; value = d * scale * code - dmin * min. Codes of values 128n + 32j + k lie in bits 2j of byte 32n + k.
/// </summary>
public readonly unsafe struct Q2_K : IBlockFormat<Q2_K>
{
    /// <inheritdoc/>
    public static string Name => "q2_k";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 84;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* codes = block + 16 + 32 * (part >> 2);
        int shift = 2 * (part & 3);
        int sub0 = block[2 * part], sub1 = block[2 * part + 1];
        BlockBits.SetScale(ref result, HalfBits.Load(block + 80), sub0 & 15, sub1 & 15);
        BlockBits.SetMin(ref result, HalfBits.Load(block + 82), sub0 >> 4, sub1 >> 4);
        BlockBits.StoreCodes(ref result, BlockBits.Fields(codes, shift, 3), BlockBits.Fields(codes + 16, shift, 3));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        AffineSuperblock.Fit(values, 16, 3, 15, out var fit);
        for (int group = 0; group < 16; group++) block[group] = (byte)(fit.Scales[group] | fit.Mins[group] << 4);
        for (int k = 0; k < 32; k += 16)
        {
            BlockBits.InterleavePairs(fit.Codes + k, 0).Store(block + 16 + k);
            BlockBits.InterleavePairs(fit.Codes + 128 + k, 0).Store(block + 48 + k);
        }
        HalfBits.Store(block + 80, fit.Scale);
        HalfBits.Store(block + 82, fit.MinScale);
    }
}
