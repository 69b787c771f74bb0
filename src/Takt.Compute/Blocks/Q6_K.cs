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
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block + 208),
            (sbyte)block[192 + 2 * part], (sbyte)block[193 + 2 * part]);
        BlockBits.StoreCodes(ref result,
            (BlockBits.Fields(low, lowShift, 15) | BlockBits.Fields(high, highShift, 3) << 4) - bias,
            (BlockBits.Fields(low + 16, lowShift, 15) | BlockBits.Fields(high + 16, highShift, 3) << 4) - bias);
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q6_k");
}
