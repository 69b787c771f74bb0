using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted products of floats, which run on every x86-64 machine with AVX2 and F16C.</summary>
public sealed unsafe class FloatEmitterTests
{
    public static TheoryData<string, int, int> OneRow => Cases((1, 64), (4, 2), (7, 66), (13, 1024), (8, 33)); // an odd number of columns goes by C#

    private static TheoryData<string, int, int> Cases(params ReadOnlySpan<(int Groups, int Columns)> shapes)
    {
        var cases = new TheoryData<string, int, int>();
        foreach (string format in new[] { "f16", "bf16", "f32" })
        {
            foreach ((int groups, int columns) in shapes) cases.Add(format, groups, columns);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(OneRow))]
    public void One_row_has_the_bits_of_the_kernel_in_scalar_code(string format, int groups, int columns)
    {
        MatrixKernel scalar = MatrixKernels.For<LanesScalar>(format), emitted = EmittedKernels.WrapFloats(scalar, scalar, format, tiles: true);
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        Assert.IsType<EmittedFloatKernel>(emitted);
        var random = new Random(columns);
        using NativeBuffer weights = new(groups * scalar.GroupBytes(columns)), expected = new(groups * 64), actual = new(groups * 64);
        Fill(weights, format, groups * 16 * columns, random);
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

    // Columns of more than a chunk, and rows of more than stay near, among them.
    public static TheoryData<string, int, int> ManyRows => Cases((4, 64), (7, 66), (2, 2), (18, 1028), (143, 514), (9, 33));

    [Theory]
    [MemberData(nameof(ManyRows))]
    public void Rows_together_have_the_bits_of_the_kernel_in_scalar_code(string format, int rows, int columns)
    {
        const int Groups = 5;
        MatrixKernel scalar = MatrixKernels.For<LanesScalar>(format), emitted = EmittedKernels.WrapFloats(scalar, scalar, format, tiles: true);
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        Assert.IsType<EmittedFloatKernel>(emitted);
        const int Gap = 3;
        int stride = Groups * MatrixKernel.GroupRows + Gap;
        var random = new Random(columns);
        using NativeBuffer weights = new(Groups * scalar.GroupBytes(columns));
        using NativeBuffer expected = new(rows * stride * sizeof(float)), actual = new(rows * stride * sizeof(float));
        Fill(weights, format, Groups * 16 * columns, random);
        using var x = new TestRows(rows, columns, random);
        var first = new ActivationRow((nint)x.Data, 0, 0);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(actual.Floats + row * stride, Groups * MatrixKernel.GroupRows).Fill(7);
            scalar.Multiply(weights.Bytes, Groups, columns, first.Next(row * x.View.Stride * sizeof(float)), expected.Floats + row * stride);
        }

        emitted.MultiplyRows(weights.Bytes, Groups, columns, first, x.View.Stride * sizeof(float), rows, actual.Floats, stride);
        Assert.Equal(new Span<int>(expected.Bytes, rows * stride).ToArray(), new Span<int>(actual.Bytes, rows * stride).ToArray());
    }

    [Fact]
    public void Rows_of_nothing_give_zeros()
    {
        MatrixKernel scalar = MatrixKernels.For<LanesScalar>("f32"), emitted = EmittedKernels.WrapFloats(scalar, scalar, "f32", tiles: true);
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        using NativeBuffer weights = new(64), y = new(8 * 4 * 64);
        new Span<float>(y.Floats, 4 * 16).Fill(7);
        emitted.Multiply(weights.Bytes, 4, 0, default, y.Floats);
        Assert.All(new Span<float>(y.Floats, 4 * 16).ToArray(), static value => Assert.Equal(0, value));
    }

    private static void Fill(NativeBuffer weights, string format, int count, Random random)
    {
        for (int i = 0; i < count; i++)
        {
            float value = (float)Weight(random);
            if (format == "f16") ((Half*)weights.Bytes)[i] = (Half)value;
            else if (format == "f32") weights.Floats[i] = value;
            else ((ushort*)weights.Bytes)[i] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
        }
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
