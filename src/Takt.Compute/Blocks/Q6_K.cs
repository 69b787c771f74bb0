using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Six bits in a superblock: 128 bytes of low bits, 64 bytes of high bits, 16 signed sub-scales of 16 values each, half d;
/// value = d * scale * (code - 32). Of value 128n + 32j + k the low bits are nibble j / 2 of byte 64n + 32(j mod 2) + k, the high
/// ones bits 2j of byte 32n + k.
/// </summary>
public readonly unsafe struct Q6_K : IBlockFormat<Q6_K>
{
    /// <inheritdoc/>
    public static string Name => "q6_k";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 210;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        int half = part >> 2, quarter = part & 3;
        byte* low = block + 64 * half + 32 * (quarter & 1), high = block + 128 + 32 * half;
        int lowShift = 2 * (quarter & 2), highShift = 2 * quarter;
        var bias = Vector128.Create((byte)32);
        BlockBits.SetScale(ref result, HalfBits.Load(block + 208),
            (sbyte)block[192 + 2 * part], (sbyte)block[193 + 2 * part]);
        BlockBits.StoreCodes(ref result,
            (BlockBits.Fields(low, lowShift, 15) | BlockBits.Fields(high, highShift, 3) << 4) - bias,
            (BlockBits.Fields(low + 16, lowShift, 15) | BlockBits.Fields(high + 16, highShift, 3) << 4) - bias);
    }

    private static ReadOnlySpan<float> Reaches =>
    [
        -36, -35.5f, -35, -34.5f, -34, -33.5f, -33, -32.5f, -32, -31.5f, -31, -30.5f,
        -30, -29.5f, -29, -28.5f, -28, -27.5f, -27, -26.5f, -26,
    ];

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        ScaledSuperblock.Fit(values, 16, new IntegerLevels(-32, 31), Reaches, -128, out var fit);
        for (int k = 0; k < 64; k += 16)
        {
            // Two quarters of each half of the superblock share the bytes of low bits, all four those of high bits.
            int half = k / 32;
            for (int quarter = 0; quarter < 2; quarter++)
            {
                sbyte* codes = fit.Codes + 128 * half + 32 * quarter + k % 32;
                BlockBits.StoreNibbles(block + 64 * half + 32 * quarter + k % 32,
                    BlockBits.LoadCodes(codes, 32), BlockBits.LoadCodes(codes + 64, 32));
            }
            var high = Vector128<byte>.Zero;
            for (int quarter = 0; quarter < 4; quarter++)
                high |= (BlockBits.LoadCodes(fit.Codes + 128 * half + 32 * quarter + k % 32, 32) >> 4) << 2 * quarter;
            high.Store(block + 128 + k);
        }
        for (int group = 0; group < 16; group++) block[192 + group] = (byte)fit.Scales[group];
        HalfBits.Store(block + 208, fit.Scale);
    }
}
