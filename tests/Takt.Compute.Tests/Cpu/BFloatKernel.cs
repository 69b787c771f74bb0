using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu;

/// <summary>A kernel in C# that takes many rows in bfloat16 and few as floats; it keeps the weights of any format as floats.</summary>
internal sealed unsafe class BFloatKernel(WeightFormat format, int fewestRows = 1, float wrongBy = 0) : MatrixKernel
{
    private readonly MatrixKernel _floats = MatrixKernels.For<LanesScalar>("f32");

    public override bool QuantizesActivations => false;

    public override bool TakesBFloats(int rows, int columns) => rows >= fewestRows;

    public override long GroupBytes(int columns) => _floats.GroupBytes(columns);

    public override void Pack(byte* source, int rows, int columns, byte* group)
    {
        using var values = new NativeBuffer(rows * columns * sizeof(float));
        format.Dequantize(source, values.Floats, rows * columns);
        _floats.Pack(values.Bytes, rows, columns, group);
    }

    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) =>
        _floats.Multiply(groups, count, columns, x, y);

    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (!TakesBFloats(rows, columns))
        {
            _floats.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        using var values = new NativeBuffer(rows * columns * sizeof(float));
        for (int i = 0; i < rows * columns; i++)
            values.Floats[i] = BitConverter.Int32BitsToSingle(((ushort*)(x.Codes + i / columns * (nint)xStride))[i % columns] << 16);
        _floats.MultiplyRows(groups, count, columns, new ActivationRow((nint)values.Floats, 0, 0), columns * sizeof(float), rows, y, yStride);
        y[2 * yStride] += wrongBy;
    }
}
