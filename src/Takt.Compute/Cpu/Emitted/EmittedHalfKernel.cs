using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>The kernel of 16-bit floats in C# whose products with one row go by emitted code, with the same bits.</summary>
/// <param name="inner">The kernel of F16.</param>
/// <param name="entry">The address of the emitted code.</param>
internal sealed unsafe class EmittedHalfKernel(MatrixKernel inner, nint entry) : WrappedKernel(inner)
{
    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        int quarter = columns % HalfEmitter.Step == 0 ? count / HalfEmitter.Groups : 0, done = HalfEmitter.Groups * quarter;
        long stride = GroupBytes(columns);
        // Four groups lie far apart where the memory likes that, else beside each other.
        bool apart = KernelTuning.Current.Streams == HalfEmitter.Groups;
        long far = apart ? quarter : 1, next = apart ? 1 : HalfEmitter.Groups;
        for (int i = 0; i < quarter; i++)
        {
            KernelCall call = new()
            {
                Planes = groups + i * next * stride,
                Codes = x.Codes,
                XStride = far * stride,
                Y = y + i * next * GroupRows,
                YStride = far * GroupRows * sizeof(float),
                Blocks = columns / HalfEmitter.Step,
            };
            ((delegate* unmanaged<KernelCall*, void>)entry)(&call);
        }

        if (done < count) base.Multiply(groups + done * stride, count - done, columns, x, y + done * GroupRows);
    }
}
