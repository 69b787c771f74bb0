using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Compares an emitted kernel with the one in C# on small data, on the machine it is to run on.</summary>
internal static unsafe class SelfTest
{
    private const int Columns = 512, Rows = 31, Stride = 20; // every size of tile, several blocks, results with a gap between them

    /// <summary>Runs both kernels.</summary>
    /// <param name="known">The kernel in C#.</param>
    /// <param name="emitted">The other one.</param>
    /// <param name="format">Their format.</param>
    /// <returns>Null where all bits are the same, else what is not.</returns>
    public static string? Run(MatrixKernel known, MatrixKernel emitted, string format)
    {
        WeightFormat weights = WeightFormat.Find(format)!;
        var random = new Random(1);
        using var values = new NativeBuffer(MatrixKernel.GroupRows * Columns * sizeof(float));
        for (int i = 0; i < MatrixKernel.GroupRows * Columns; i++) values.Floats[i] = random.NextSingle() - 0.5f;
        using var source = new NativeBuffer(MatrixKernel.GroupRows * Columns / weights.BlockValues * weights.BlockBytes);
        weights.Quantize(values.Floats, source.Bytes, MatrixKernel.GroupRows * Columns);
        using var group = new NativeBuffer(known.GroupBytes(Columns));
        known.Pack(source.Bytes, MatrixKernel.GroupRows, Columns, group.Bytes);

        using var x = new Activations();
        x.Reserve(Rows, Columns);
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < Columns; i++) values.Floats[i] = random.NextSingle() - 0.5f;
            Activations.Quantize<LanesScalar>(values.Floats, Columns, x[row]);
        }

        using var expected = new NativeBuffer(Rows * Stride * sizeof(float));
        using var actual = new NativeBuffer(Rows * Stride * sizeof(float));
        known.MultiplyRows(group.Bytes, Columns, x[0], x.RowBytes, Rows, expected.Floats, Stride);
        emitted.MultiplyRows(group.Bytes, Columns, x[0], x.RowBytes, Rows, actual.Floats, Stride);
        int same = new ReadOnlySpan<int>(expected.Floats, Rows * Stride).CommonPrefixLength(new(actual.Floats, Rows * Stride));
        return same == Rows * Stride
            ? null
            : $"its self-test gave {actual.Floats[same]:R} where {expected.Floats[same]:R} was expected (row {same / Stride}, output {same % Stride})";
    }
}
