using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>
/// Eight bits with a scale: half d, 32 signed codes; value = d * code.
/// </summary>
public readonly unsafe struct Q8_0 : IBlockFormat<Q8_0>
{
    /// <inheritdoc/>
    public static string Name => "q8_0";

    /// <inheritdoc/>
    public static int Values => 32;

    /// <inheritdoc/>
    public static int Bytes => 34;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* block, int part, out BlockPart result)
    {
        Unsafe.SkipInit(out result);
        BlockBits.SetScale(ref result, BlockBits.LoadHalf(block));
        BlockBits.StoreCodes(ref result, Vector128.Load(block + 2), Vector128.Load(block + 18));
    }

    /// <inheritdoc/>
    public static void Quantize(float* values, byte* block) => throw new NotSupportedException("q8_0");
}
