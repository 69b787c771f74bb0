using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits with a scale and an offset: half d, half m, 16 bytes of codes; value = d * code + m. Byte k holds values k (low
/// nibble) and k + 16.
/// </summary>
public readonly unsafe struct Q4_1 : IBlockFormat<Q4_1>
{
    /// <inheritdoc/>
    public static string Name => "q4_1";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 20;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        BlockBits.SetScale(ref result, HalfBits.Load(block));
        BlockBits.SetMin(ref result, -HalfBits.Load(block + 2));
        BlockBits.StoreCodes(ref result, BlockBits.LowNibbles(block + 4), BlockBits.HighNibbles(block + 4));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        sbyte* codes = stackalloc sbyte[32];
        var line = AffineFit.Fit(values, 15, codes);
        HalfBits.Store(block, line.Scale);
        HalfBits.Store(block + 2, line.Offset);
        BlockBits.StoreNibbles(block + 4, BlockBits.LoadCodes(codes, 0), BlockBits.LoadCodes(codes + 16, 0));
    }
}
