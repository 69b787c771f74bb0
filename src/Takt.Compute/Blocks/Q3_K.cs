using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Three bits in a superblock: 32 bytes of high bits, 64 bytes of low bits, 16 sub-scales of 6 bits (biased by 32) of 16 values
/// each in 12 bytes, half d; value = d * (scale - 32) * (code - 4). Low bits lie as in <see cref="Q2_K"/>; the high bit of value
/// 32p + k is bit p of byte k.
/// </summary>
public readonly unsafe struct Q3_K : IBlockFormat<Q3_K>
{
    /// <inheritdoc/>
    public static string Name => "q3_k";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 110;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* low = block + 32 + 32 * (part >> 2);
        int shift = 2 * (part & 3);
        var bias = Vector128.Create((byte)4);
        BlockBits.SetScale(ref result, HalfBits.Load(block + 108),
            SubScale(block + 96, 2 * part) - 32, SubScale(block + 96, 2 * part + 1) - 32);
        BlockBits.StoreCodes(ref result,
            (BlockBits.Fields(low, shift, 3) | BlockBits.Fields(block, part, 1) << 2) - bias,
            (BlockBits.Fields(low + 16, shift, 3) | BlockBits.Fields(block + 16, part, 1) << 2) - bias);
    }

    private static ReadOnlySpan<float> Reaches => [-5, -4.75f, -4.5f, -4.25f, -4, -3.75f, -3.5f, -3.25f, -3];

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        ScaledSuperblock.Fit(values, 16, new IntegerLevels(-4, 3), Reaches, -32, out var fit);
        for (int k = 0; k < 32; k += 16)
        {
            var high = Vector128<byte>.Zero;
            for (int part = 0; part < 8; part++)
                high |= (BlockBits.LoadCodes(fit.Codes + 32 * part + k, 4) >> 2) << part;
            high.Store(block + k);
            BlockBits.InterleavePairs(fit.Codes + k, 4).Store(block + 32 + k);
            BlockBits.InterleavePairs(fit.Codes + 128 + k, 4).Store(block + 64 + k);
        }
        new Span<byte>(block + 96, 12).Clear();
        for (int group = 0; group < 16; group++)
        {
            int sub = fit.Scales[group] + 32;
            block[96 + (group & 7)] |= (byte)((sub & 15) << (group >> 3) * 4);
            block[104 + (group & 3)] |= (byte)(sub >> 4 << 2 * (group >> 2));
        }
        HalfBits.Store(block + 108, fit.Scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SubScale(byte* scales, int group)
    {
        int low = group < 8 ? scales[group] & 15 : scales[group - 8] >> 4;
        return low | (scales[8 + (group & 3)] >> 2 * (group >> 2) & 3) << 4;
    }
}
