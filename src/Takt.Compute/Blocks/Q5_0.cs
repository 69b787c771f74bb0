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
        BlockBits.SetScale(ref result, HalfBits.Load(block));
        BlockBits.StoreCodes(ref result,
            (BlockBits.LowNibbles(block + 6) | BlockBits.Spread(high, 16)) - bias,
            (BlockBits.HighNibbles(block + 6) | BlockBits.Spread(high >> 16, 16)) - bias);
    }

    // The lowest code reaches further than the highest, so the extreme value takes it; clipping it a little can pay.
    private static ReadOnlySpan<float> Reaches => [-18, -17.5f, -17, -16.5f, -16, -15.5f, -15, -14.5f, -14, -13.5f, -13, -12.5f, -12];

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        sbyte* codes = stackalloc sbyte[32];
        HalfBits.Store(block, ScaleFit.Fit(values, new IntegerLevels(-16, 15), Reaches, codes));
        var first = BlockBits.LoadCodes(codes, 16);
        var second = BlockBits.LoadCodes(codes + 16, 16);
        Unsafe.WriteUnaligned(block + 2, BlockBits.Gather(first, 4) | BlockBits.Gather(second, 4) << 16);
        BlockBits.StoreNibbles(block + 6, first, second);
    }
}
