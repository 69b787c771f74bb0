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
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block));
        BlockBits.SetMin(ref result, -BlockBits.LoadHalf(block + 2));
        BlockBits.StoreCodes(ref result,
            BlockBits.LowNibbles(block + 8) | BlockBits.Spread(high, 16),
            BlockBits.HighNibbles(block + 8) | BlockBits.Spread(high >> 16, 16));
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q5_1");
}
