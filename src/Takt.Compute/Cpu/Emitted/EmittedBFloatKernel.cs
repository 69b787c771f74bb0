using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel whose products with many rows go by emitted code, in bfloat16; the others are the inner kernel's.</summary>
/// <param name="inner">The kernel of the same format.</param>
/// <param name="layout">How it packs quantised weights; null for floats.</param>
/// <param name="entry">The address of the emitted code.</param>
internal sealed unsafe class EmittedBFloatKernel(MatrixKernel inner, PackedLayout? layout, nint entry) : WrappedKernel(inner)
{
    // Fewer rows wait for memory, or, of quantised weights, are not worth making floats of them.
    private readonly int _fewestRows = layout is null ? 4 : 32;

    /// <inheritdoc/>
    public override bool TakesBFloats(int rows, int columns) => rows >= _fewestRows && columns % BFloatEmitter.Step == 0;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (!TakesBFloats(rows, columns))
        {
            base.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        byte* room = stackalloc byte[BFloatEmitter.ScratchBytes + 63];
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
        PackedLayout? layout, byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride, byte* scratch)
    {
        int steps = columns / BFloatEmitter.Step;
        return new KernelCall
        {
            Scales = group,
            Planes = layout is null ? group : group + layout.ScaleBytes(steps / layout.BlockParts),
            Codes = x.Codes,
            XStride = xStride,
            Y = y,
            YStride = yStride * sizeof(float),
            Blocks = steps,
            Rows = rows,
            Scratch = scratch,
        };
    }
}
