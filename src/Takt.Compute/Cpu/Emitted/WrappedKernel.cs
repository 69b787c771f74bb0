using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel that is another one in all that it does not override.</summary>
/// <param name="inner">The other one, of the same format.</param>
internal abstract unsafe class WrappedKernel(MatrixKernel inner) : MatrixKernel
{
    /// <inheritdoc/>
    public override bool QuantizesActivations => inner.QuantizesActivations;

    /// <inheritdoc/>
    public override bool TakesBFloats(int rows, int columns) => inner.TakesBFloats(rows, columns);

    /// <inheritdoc/>
    public override bool TakesShorts => inner.TakesShorts;

    /// <inheritdoc/>
    public override long GroupBytes(int columns) => inner.GroupBytes(columns);

    /// <inheritdoc/>
    public override void Pack(byte* source, int rows, int columns, byte* group) => inner.Pack(source, rows, columns, group);

    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) =>
        inner.Multiply(groups, count, columns, x, y);

    /// <inheritdoc/>
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride) =>
        inner.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
}
