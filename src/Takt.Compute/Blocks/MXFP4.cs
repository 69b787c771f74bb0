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
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        float* weights = stackalloc float[32];
        ScaleFit.Weigh(values, Values, weights);
        // The exponent that brings the largest magnitude to 4 .. 8, where 6 is the highest level, or the next one up or down.
        int usual = (int)(BitConverter.SingleToUInt32Bits(ScaleFit.Extreme(values, Values)) >> 23 & 255) - 2;
        int best = 0;
        float bestError = float.PositiveInfinity;
        foreach (int candidate in (ReadOnlySpan<int>)[usual, usual + 1, usual - 1])
        {
            // Below exponent 2 the scale is subnormal and has no finite reciprocal.
            int exponent = Math.Clamp(candidate, 2, 254);
            float error = ScaleFit.Error(values, weights, Values, new MXFP4Levels(), HalfScale((uint)exponent));
            if (best == 0 || error < bestError) (best, bestError) = (exponent, error);
        }
        sbyte* codes = stackalloc sbyte[32];
        ScaleFit.Encode(values, Values, new MXFP4Levels(), HalfScale((uint)best), codes);
        block[0] = (byte)best;
        BlockBits.StoreNibbles(block + 1, MXFP4Levels.Index(codes), MXFP4Levels.Index(codes + 16));
    }

    /// <summary>2^(exponent - 128); below exponent 2 that is a subnormal float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float HalfScale(uint exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x00200000u << (int)exponent : exponent - 1 << 23);
}
