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
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block));
        BlockBits.StoreCodes(ref result, BlockBits.LowNibbles(block + 2) - bias, BlockBits.HighNibbles(block + 2) - bias);
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q4_0");
}
