using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted products of 16-bit floats, which run on every x86-64 machine with AVX2 and F16C.</summary>
public sealed unsafe class HalfEmitterTests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(4, 2)]
    [InlineData(7, 66)]
    [InlineData(13, 1024)]
    [InlineData(8, 33)] // an odd number of columns goes by C#
    public void One_row_has_the_bits_of_the_kernel_in_scalar_code(int groups, int columns)
    {
        MatrixKernel scalar = MatrixKernels.For<LanesScalar>("f16"), emitted = EmittedKernels.WrapHalf(scalar);
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        Assert.IsType<EmittedHalfKernel>(emitted);
        var random = new Random(columns);
        using NativeBuffer weights = new(groups * scalar.GroupBytes(columns)), expected = new(groups * 64), actual = new(groups * 64);
        for (int i = 0; i < groups * 16 * columns; i++) ((Half*)weights.Bytes)[i] = Weight(random);
        using var x = new TestRows(1, columns, random);
        KernelTuning before = KernelTuning.Current;
        try
        {
            foreach (int streams in new[] { 1, 4 })
            {
                KernelTuning.Current = before with { Streams = streams };
                scalar.Multiply(weights.Bytes, groups, columns, new ActivationRow((nint)x.Data, 0, 0), expected.Floats);
                emitted.Multiply(weights.Bytes, groups, columns, new ActivationRow((nint)x.Data, 0, 0), actual.Floats);
                Assert.Equal(new Span<int>(expected.Bytes, groups * 16).ToArray(), new Span<int>(actual.Bytes, groups * 16).ToArray());
            }
        }
        finally
        {
            KernelTuning.Current = before;
        }
    }

    [Theory]
    [InlineData(1, 64, 4)]
    [InlineData(7, 66, 7)]
    [InlineData(3, 2, 2)]
    [InlineData(5, 1028, 18)] // more columns than a chunk
    [InlineData(2, 514, 143)] // more rows than stay near
    [InlineData(3, 33, 9)]
    public void Rows_together_have_the_bits_of_the_kernel_in_scalar_code(int groups, int columns, int rows)
    {
        MatrixKernel scalar = MatrixKernels.For<LanesScalar>("f16"), emitted = EmittedKernels.WrapHalf(scalar);
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        const int Gap = 3;
        int stride = groups * MatrixKernel.GroupRows + Gap;
        var random = new Random(columns);
        using NativeBuffer weights = new(groups * scalar.GroupBytes(columns));
        using NativeBuffer expected = new(rows * stride * sizeof(float)), actual = new(rows * stride * sizeof(float));
        for (int i = 0; i < groups * 16 * columns; i++) ((Half*)weights.Bytes)[i] = Weight(random);
        using var x = new TestRows(rows, columns, random);
        var first = new ActivationRow((nint)x.Data, 0, 0);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(actual.Floats + row * stride, groups * MatrixKernel.GroupRows).Fill(7);
            scalar.Multiply(weights.Bytes, groups, columns, first.Next(row * x.View.Stride * sizeof(float)), expected.Floats + row * stride);
        }

        emitted.MultiplyRows(weights.Bytes, groups, columns, first, x.View.Stride * sizeof(float), rows, actual.Floats, stride);
        Assert.Equal(new Span<int>(expected.Bytes, rows * stride).ToArray(), new Span<int>(actual.Bytes, rows * stride).ToArray());
    }

    // Subnormal numbers, zeros and the largest ones among ordinary ones.
    private static Half Weight(Random random) => random.Next(10) switch
    {
        0 => (Half)(random.NextSingle() * 1e-6f),
        1 => (Half)(-0f),
        2 => random.Next(2) == 0 ? Half.MaxValue : Half.MinValue,
        _ => (Half)(random.NextSingle() - 0.5f),
    };
}
