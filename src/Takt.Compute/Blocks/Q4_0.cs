using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits with a scale: half d, 16 bytes of codes; value = d * (code - 8). Byte k holds values k (low nibble) and k + 16.
/// </summary>
public readonly unsafe struct Q4_0 : IBlockFormat<Q4_0>
{
    /// <inheritdoc/>
    public static string Name => "q4_0";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 18;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        var bias = Vector128.Create((byte)8);
        BlockBits.SetScale(ref result, HalfBits.Load(block));
        BlockBits.StoreCodes(ref result, BlockBits.LowNibbles(block + 2) - bias, BlockBits.HighNibbles(block + 2) - bias);
    }

    // The lowest code reaches further than the highest, so the extreme value takes it; clipping it a little can pay.
    private static ReadOnlySpan<float> Reaches => [-9, -8.75f, -8.5f, -8.25f, -8, -7.75f, -7.5f, -7.25f, -7, -6.75f, -6.5f, -6.25f, -6];

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        sbyte* codes = stackalloc sbyte[32];
        HalfBits.Store(block, ScaleFit.Fit(values, new IntegerLevels(-8, 7), Reaches, codes));
        BlockBits.StoreNibbles(block + 2, BlockBits.LoadCodes(codes, 8), BlockBits.LoadCodes(codes + 16, 8));
    }
}
