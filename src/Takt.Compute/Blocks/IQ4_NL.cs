using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits through the non-linear <see cref="CodeTable.IQ4"/>: half d, 16 bytes of indices; value = d * table[index]. Byte k
/// holds values k (low nibble) and k + 16.
/// </summary>
public readonly unsafe struct IQ4_NL : IBlockFormat<IQ4_NL>
{
    /// <inheritdoc/>
    public static string Name => "iq4_nl";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 18;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        BlockBits.SetScale(ref result, HalfBits.Load(block));
        BlockBits.StoreCodes(ref result,
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.LowNibbles(block + 2)),
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.HighNibbles(block + 2)));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        sbyte* codes = stackalloc sbyte[32];
        HalfBits.Store(block, ScaleFit.Fit(values, new IQ4Levels(), IQ4Levels.Reaches, codes));
        BlockBits.StoreNibbles(block + 2, IQ4Levels.Index(codes), IQ4Levels.Index(codes + 16));
    }
}
