using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// OCP microscaling FP4: an E8M0 exponent e, 16 bytes of E2M1 values; value = 2^(e - 127) * E2M1. Byte k holds values k (low
/// nibble) and k + 16. Codes are the doubled E2M1 values, so the scale is half.
/// </summary>
public readonly unsafe struct MXFP4 : IBlockFormat<MXFP4>
{
    /// <inheritdoc/>
    public static string Name => "mxfp4";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 17;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        BlockBits.SetScale(ref result, HalfScale(block[0]));
        BlockBits.StoreCodes(ref result,
            Vector128.ShuffleNative(CodeTable.MXFP4, BlockBits.LowNibbles(block + 1)),
            Vector128.ShuffleNative(CodeTable.MXFP4, BlockBits.HighNibbles(block + 1)));
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("mxfp4");

    /// <summary>2^(exponent - 128); below exponent 2 that is a subnormal float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalfScale(uint exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x00200000u << (int)exponent : exponent - 1 << 23);
}
