using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Five bits with a scale and an offset: half d, half m, 32 high bits, 16 bytes of low bits; value = d * code + m. Byte k holds
/// values k (low nibble) and k + 16.
/// </summary>
public readonly unsafe struct Q5_1 : IBlockFormat<Q5_1>
{
    /// <inheritdoc/>
    public static string Name => "q5_1";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 24;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        uint high = Unsafe.ReadUnaligned<uint>(block + 4);
        BlockBits.SetScale(ref result, HalfBits.Load(block));
        BlockBits.SetMin(ref result, -HalfBits.Load(block + 2));
        BlockBits.StoreCodes(ref result,
            BlockBits.LowNibbles(block + 8) | BlockBits.Spread(high, 16),
            BlockBits.HighNibbles(block + 8) | BlockBits.Spread(high >> 16, 16));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        sbyte* codes = stackalloc sbyte[32];
        var line = AffineFit.Fit(values, 31, codes);
        var first = BlockBits.LoadCodes(codes, 0);
        var second = BlockBits.LoadCodes(codes + 16, 0);
        HalfBits.Store(block, line.Scale);
        HalfBits.Store(block + 2, line.Offset);
        Unsafe.WriteUnaligned(block + 4, BlockBits.Gather(first, 4) | BlockBits.Gather(second, 4) << 16);
        BlockBits.StoreNibbles(block + 8, first, second);
    }
}
