using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel of float weights in C# whose products with many rows go by emitted code, in bfloat16.</summary>
/// <param name="inner">The kernel of the same format.</param>
/// <param name="entry">The address of the emitted code.</param>
internal sealed unsafe class EmittedFloatKernel(MatrixKernel inner, nint entry) : MatrixKernel
{
    // With fewer rows the product waits for memory.
    private const int FewestRows = 4;

    /// <inheritdoc/>
    public override bool QuantizesActivations => false;

    /// <inheritdoc/>
    public override long GroupBytes(int columns) => inner.GroupBytes(columns);

    /// <inheritdoc/>
    public override void Pack(byte* source, int rows, int columns, byte* group) => inner.Pack(source, rows, columns, group);

    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) =>
        inner.Multiply(groups, count, columns, x, y);

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (rows < FewestRows || columns % BFloatEmitter.Step != 0)
        {
            inner.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        byte* room = stackalloc byte[BFloatEmitter.ScratchBytes + 63];
        var scratch = (byte*)(((nuint)room + 63) & ~(nuint)63);
        long groupBytes = GroupBytes(columns);
        for (int group = 0; group < count; group++, groups += groupBytes, y += GroupRows)
        {
            KernelCall call = Call(groups, columns, x, xStride, rows, y, yStride, scratch);
            ((delegate* unmanaged<KernelCall*, void>)entry)(&call);
        }
    }

    /// <summary>What a kernel is called with for such a product.</summary>
    public static KernelCall Call(
        byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride, byte* scratch) => new()
        {
            Planes = group,
            Codes = x.Codes,
            XStride = xStride,
            Y = y,
            YStride = yStride * sizeof(float),
            Blocks = columns / BFloatEmitter.Step,
            Rows = rows,
            Scratch = scratch,
        };
}
