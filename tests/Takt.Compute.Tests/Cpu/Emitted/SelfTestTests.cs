using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

public sealed unsafe class SelfTestTests
{
    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_k")]
    public void Kernels_with_the_same_bits_pass(string format) =>
        Assert.Null(SelfTest.Run(MatrixKernels.For<LanesScalar>(format), MatrixKernels.For<Lanes128>(format), format));

    [Fact]
    public void A_kernel_that_is_wrong_in_one_bit_fails_and_says_where()
    {
        MatrixKernel known = MatrixKernels.For<LanesScalar>("q4_0");
        string? reason = SelfTest.Run(known, new Wrong(known), "q4_0");
        Assert.NotNull(reason);
        Assert.EndsWith("(row 2, output 3)", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f16")]
    [InlineData("q6_k")]
    public void A_tolerance_is_kept_to(string format)
    {
        MatrixKernel known = MatrixKernels.For<LanesScalar>("f32");
        Assert.Null(SelfTest.RunBFloat(new BFloats(known, format), format, 1e-5));
        Assert.Contains("mean square error", SelfTest.RunBFloat(new BFloats(known, format, 1), format, 1e-5), StringComparison.Ordinal);
    }

    private sealed class Wrong(MatrixKernel inner) : MatrixKernel
    {
        public override bool QuantizesActivations => inner.QuantizesActivations;

        public override long GroupBytes(int columns) => inner.GroupBytes(columns);

        public override void Pack(byte* source, int rows, int columns, byte* group) => inner.Pack(source, rows, columns, group);

        public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) =>
            inner.Multiply(groups, count, columns, x, y);

        public override void MultiplyRows(byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
        {
            inner.MultiplyRows(group, columns, x, xStride, rows, y, yStride);
            y[2 * yStride + 3] = MathF.BitIncrement(y[2 * yStride + 3]);
        }
    }

    // Takes activations in bfloat16 and keeps weights of any format as floats.
    private sealed class BFloats(MatrixKernel floats, string format, float by = 0) : MatrixKernel
    {
        public override bool QuantizesActivations => false;

        public override bool TakesBFloats(int rows, int columns) => true;

        public override long GroupBytes(int columns) => floats.GroupBytes(columns);

        public override void Pack(byte* source, int rows, int columns, byte* group)
        {
            using var values = new NativeBuffer(rows * columns * sizeof(float));
            WeightFormat.Find(format)!.Dequantize(source, values.Floats, rows * columns);
            floats.Pack(values.Bytes, rows, columns, group);
        }

        public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) => throw new NotSupportedException();

        public override void MultiplyRows(byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
        {
            using var values = new NativeBuffer(rows * columns * sizeof(float));
            for (int i = 0; i < rows * columns; i++)
                ((int*)values.Floats)[i] = ((ushort*)(x.Codes + i / columns * (nint)xStride))[i % columns] << 16;
            floats.MultiplyRows(group, columns, new ActivationRow((nint)values.Floats, 0, 0), columns * sizeof(float), rows, y, yStride);
            for (int row = 0; row < rows; row++) y[row * yStride] += by;
        }
    }
}
