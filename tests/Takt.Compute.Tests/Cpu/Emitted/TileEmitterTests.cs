using System.Runtime.Intrinsics.X86;
using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted products with tiles of rows, which run on every x86-64 machine with AVX2.</summary>
public sealed unsafe class TileEmitterTests
{
    private const int Groups = 3, Gap = 5;

    public static TheoryData<string> Formats =>
        new(WeightFormat.All.Select(format => format.Name).Where(name => MatrixKernels.For<LanesScalar>(name).QuantizesActivations));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Many_rows_have_the_bits_of_the_kernel_in_scalar_code(string format)
    {
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        var inner = MatrixKernels.For<Lanes256>(format);
        MatrixKernel emitted = EmittedKernels.WrapQuantized(inner, format), scalar = MatrixKernels.For<LanesScalar>(format);
        Assert.IsType<EmittedQuantizedKernel>(emitted);
        WeightFormat weights = WeightFormat.Find(format)!;
        // Fewer parts than a chunk, several chunks with a short last one, and odd numbers of parts where blocks allow them.
        foreach (int blocks in new[] { 1, 3, 19 })
        {
            for (int rows = 2; rows <= 14; rows += 3) Check(scalar, emitted, weights, blocks * weights.BlockValues, rows);
        }

        Check(scalar, emitted, weights, 4096 + weights.BlockValues, 18);
    }

    private static void Check(MatrixKernel scalar, MatrixKernel emitted, WeightFormat format, int columns, int rows)
    {
        var random = new Random(columns + rows);
        using NativeBuffer groups = Pack(scalar, format, columns, random);
        using Activations x = new();
        x.Reserve(rows, columns);
        using var row = new NativeBuffer((columns + 64) * sizeof(float));
        for (int r = 0; r < rows; r++)
        {
            // The largest codes of both signs among others: sums that come near what 16 bits hold.
            for (int k = 0; k < columns; k++) row.Floats[k] = random.Next(3) == 0 ? random.Next(2) * 2 - 1 : random.NextSingle() * 2 - 1;
            Activations.Quantize<LanesScalar>(row.Floats, columns, x[r]);
            Activations.StoreShorts<LanesScalar>(x[r], columns);
        }

        int stride = Groups * MatrixKernel.GroupRows + Gap;
        using NativeBuffer expected = new(rows * stride * sizeof(float)), actual = new(rows * stride * sizeof(float));
        scalar.MultiplyRows(groups.Bytes, Groups, columns, x[0], x.RowBytes, rows, expected.Floats, stride);
        emitted.MultiplyRows(groups.Bytes, Groups, columns, x[0], x.RowBytes, rows, actual.Floats, stride);
        Assert.Equal(new Span<int>(expected.Bytes, rows * stride).ToArray(), new Span<int>(actual.Bytes, rows * stride).ToArray());
    }

    private static NativeBuffer Pack(MatrixKernel kernel, WeightFormat format, int columns, Random random)
    {
        const int Rows = Groups * MatrixKernel.GroupRows;
        using var values = new NativeBuffer(Rows * columns * sizeof(float));
        for (int i = 0; i < Rows * columns; i++) values.Floats[i] = random.Next(3) == 0 ? random.Next(2) * 2 - 1 : random.NextSingle() * 2 - 1;
        using var source = new NativeBuffer(format.Bytes(Rows * columns));
        format.Quantize(values.Floats, source.Bytes, Rows * columns);
        var groups = new NativeBuffer(Groups * kernel.GroupBytes(columns));
        long sourceBytes = source.Length / Groups;
        for (int i = 0; i < Groups; i++)
            kernel.Pack(source.Bytes + i * sourceBytes, MatrixKernel.GroupRows, columns, groups.Bytes + i * kernel.GroupBytes(columns));
        return groups;
    }
}
