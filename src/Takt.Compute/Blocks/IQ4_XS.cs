using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Four bits through the non-linear <see cref="CodeTable.IQ4"/> in a superblock: half d, 8 pairs of high bits and 8 nibbles of
/// sub-scale of 32 values each, 128 bytes of indices; value = d * (scale - 32) * table[index]. Part p has bytes 16p .. 16p + 15, laid
/// out as in <see cref="IQ4_NL"/>.
/// </summary>
public readonly unsafe struct IQ4_XS : IBlockFormat<IQ4_XS>
{
    /// <inheritdoc/>
    public static string Name => "iq4_xs";

    /// <inheritdoc/>
    public static int Values => 256;

    /// <inheritdoc/>
    public static int Bytes => 136;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        byte* indices = block + 8 + 16 * part;
        int high = Unsafe.ReadUnaligned<ushort>(block + 2) >> 2 * part & 3;
        int low = block[4 + (part >> 1)] >> 4 * (part & 1) & 15;
        int sub = (high << 4 | low) - 32;
        BlockBits.SetScale(ref result, HalfBits.Load(block), sub, sub);
        BlockBits.StoreCodes(ref result,
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.LowNibbles(indices)),
            Vector128.ShuffleNative(CodeTable.IQ4, BlockBits.HighNibbles(indices)));
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public static void Quantize(float* values, byte* block)
    {
        ScaledSuperblock.Fit(values, 32, new IQ4Levels(), IQ4Levels.Reaches, -32, out var fit);
        HalfBits.Store(block, fit.Scale);
        int high = 0;
        long low = 0;
        for (int part = 0; part < 8; part++)
        {
            int sub = fit.Scales[part] + 32;
            high |= sub >> 4 << 2 * part;
            low |= (long)(sub & 15) << 4 * part;
            BlockBits.StoreNibbles(block + 8 + 16 * part,
                IQ4Levels.Index(fit.Codes + 32 * part), IQ4Levels.Index(fit.Codes + 32 * part + 16));
        }
        Unsafe.WriteUnaligned(block + 2, (ushort)high);
        Unsafe.WriteUnaligned(block + 4, (uint)low);
    }
}
