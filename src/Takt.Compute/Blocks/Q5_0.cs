using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Five bits with a scale: half d, 32 high bits, 16 bytes of low bits; value = d * (code - 16). Byte k holds values k (low nibble)
/// and k + 16.
/// </summary>
public readonly unsafe struct Q5_0 : IBlockFormat<Q5_0>
{
    /// <inheritdoc/>
    public static string Name => "q5_0";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 22;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        uint high = Unsafe.ReadUnaligned<uint>(block + 2);
        var bias = Vector128.Create((byte)16);
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block));
        BlockBits.StoreCodes(ref result,
            (BlockBits.LowNibbles(block + 6) | BlockBits.Spread(high, 16)) - bias,
            (BlockBits.HighNibbles(block + 6) | BlockBits.Spread(high >> 16, 16)) - bias);
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q5_0");
}
