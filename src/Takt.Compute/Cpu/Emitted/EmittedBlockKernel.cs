using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel in C# whose products with many rows go by emitted code, to the same bits.</summary>
/// <param name="inner">The kernel of the same format.</param>
/// <param name="layout">How it packs.</param>
/// <param name="entry">The address of the emitted code.</param>
internal sealed unsafe class EmittedBlockKernel(MatrixKernel inner, PackedLayout layout, nint entry) : WrappedKernel(inner)
{
    // With fewer rows the product waits for memory, which the kernel in C# reads as fast.
    private const int FewestRows = 4;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (rows < FewestRows)
        {
            base.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        byte* room = stackalloc byte[KernelCall.ScratchBytes + 63];
        var scratch = (byte*)(((nuint)room + 63) & ~(nuint)63);
        long groupBytes = GroupBytes(columns);
        for (int group = 0; group < count; group++, groups += groupBytes, y += GroupRows)
        {
            KernelCall call = Call(layout, groups, columns, x, xStride, rows, y, yStride, scratch);
            ((delegate* unmanaged<KernelCall*, void>)entry)(&call);
        }
    }

    /// <summary>What a kernel is called with for such a product.</summary>
    public static KernelCall Call(
        PackedLayout layout, byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride, byte* scratch)
    {
        int blocks = columns / (32 * layout.BlockParts);
        return new KernelCall
        {
            Scales = group,
            Planes = group + layout.ScaleBytes(blocks),
            Codes = x.Codes,
            ToScales = x.Scales - x.Codes,
            ToSums = x.Sums - x.Codes,
            XStride = xStride,
            Y = y,
            YStride = yStride * sizeof(float),
            Blocks = blocks,
            Rows = rows,
            Scratch = scratch,
        };
    }
}
