using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;

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
        WeightFormat weights = WeightFormat.Find(format)!;
        Assert.Null(SelfTest.RunBFloat(new BFloatKernel(weights), format, 1e-5));
        string? reason = SelfTest.RunBFloat(new BFloatKernel(weights, wrongBy: 10), format, 1e-5);
        Assert.Contains("mean square error", reason, StringComparison.Ordinal);
    }

    private sealed class Wrong(MatrixKernel inner) : MatrixKernel
    {
        public override bool QuantizesActivations => inner.QuantizesActivations;

        public override long GroupBytes(int columns) => inner.GroupBytes(columns);

        public override void Pack(byte* source, int rows, int columns, byte* group) => inner.Pack(source, rows, columns, group);

        public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y) =>
            inner.Multiply(groups, count, columns, x, y);

        public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
        {
            inner.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            y[2 * yStride + 3] = MathF.BitIncrement(y[2 * yStride + 3]);
        }
    }
}
