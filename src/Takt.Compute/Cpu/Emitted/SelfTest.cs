using System.Runtime.InteropServices;
using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Compares an emitted kernel with the one in C# on small data, on the machine it is to run on.</summary>
internal static unsafe class SelfTest
{
    // Every size of tile, several blocks, results with a gap between them.
    private const int Columns = 512, Rows = 31, Groups = 6, Together = 2, Stride = 36, DistinctValues = 2048;

    /// <summary>Runs both kernels.</summary>
    /// <param name="known">The kernel in C#.</param>
    /// <param name="emitted">The other one.</param>
    /// <param name="format">Their format.</param>
    /// <param name="tolerance">Largest squared error as a share of the squares; 0 where all bits must be the same.</param>
    /// <returns>Null where it is right, else what is not.</returns>
    public static string? Run(MatrixKernel known, MatrixKernel emitted, string format, double tolerance = 0)
    {
        WeightFormat weights = WeightFormat.Find(format)!;
        var random = new Random(1);
        using NativeBuffer source = Blocks(weights, Groups * MatrixKernel.GroupRows * Columns, random);
        long groupBytes = known.GroupBytes(Columns), sourceBytes = source.Length / Groups;
        using var group = new NativeBuffer(Groups * groupBytes);
        for (int i = 0; i < Groups; i++) known.Pack(source.Bytes + i * sourceBytes, MatrixKernel.GroupRows, Columns, group.Bytes + i * groupBytes);

        using var x = new Activations();
        x.Reserve(Rows, Columns);
        using var floats = new NativeBuffer(Rows * Columns * sizeof(float));
        for (int i = 0; i < Rows * Columns; i++) floats.Floats[i] = random.NextSingle() - 0.5f;
        for (int row = 0; row < Rows; row++)
        {
            // All processors that emitted code is for have AVX2, whose code is needed anyway.
            Activations.Quantize<Lanes256>(floats.Floats + row * Columns, Columns, x[row]);
            Activations.StoreShorts<Lanes256>(x[row], Columns);
        }

        ActivationRow first = known.QuantizesActivations ? x[0] : new ActivationRow((nint)floats.Floats, 0, 0);
        long xStride = known.QuantizesActivations ? x.RowBytes : Columns * sizeof(float);

        using var expected = new NativeBuffer(Rows * Stride * sizeof(float));
        using var actual = new NativeBuffer(Rows * Stride * sizeof(float));
        known.MultiplyRows(group.Bytes, Together, Columns, first, xStride, Rows, expected.Floats, Stride);
        emitted.MultiplyRows(group.Bytes, Together, Columns, first, xStride, Rows, actual.Floats, Stride);
        if (tolerance == 0)
        {
            // One row with several groups.
            using NativeBuffer one = new(Groups * MatrixKernel.GroupRows * sizeof(float)), other = new(one.Length);
            known.Multiply(group.Bytes, Groups, Columns, first, one.Floats);
            emitted.Multiply(group.Bytes, Groups, Columns, first, other.Floats);
            int outputs = Groups * MatrixKernel.GroupRows;
            if (Difference(new(one.Floats, outputs), new(other.Floats, outputs)) is { } difference) return difference;
        }

        ReadOnlySpan<float> wanted = new(expected.Floats, Rows * Stride), given = new(actual.Floats, Rows * Stride);
        return tolerance == 0 ? Difference(wanted, given) : Error(wanted, given, tolerance);
    }

    // A few quantised blocks over and over in random order: quantising takes longer than all the rest.
    private static NativeBuffer Blocks(WeightFormat format, int values, Random random)
    {
        int distinct = DistinctValues / format.BlockValues, block = (int)format.BlockBytes;
        using NativeBuffer floats = new(DistinctValues * sizeof(float)), blocks = new(distinct * block);
        for (int i = 0; i < DistinctValues; i++) floats.Floats[i] = random.NextSingle() - 0.5f;
        format.Quantize(floats.Floats, blocks.Bytes, DistinctValues);
        var source = new NativeBuffer(values / format.BlockValues * block);
        for (int i = 0; i < values / format.BlockValues; i++)
            new Span<byte>(blocks.Bytes + random.Next(distinct) * block, block).CopyTo(new(source.Bytes + i * block, block));
        return source;
    }

    private static string? Difference(ReadOnlySpan<float> wanted, ReadOnlySpan<float> given)
    {
        int same = MemoryMarshal.Cast<float, int>(wanted).CommonPrefixLength(MemoryMarshal.Cast<float, int>(given));
        return same == wanted.Length
            ? null
            : $"its self-test gave {given[same]:R} where {wanted[same]:R} was expected (row {same / Stride}, output {same % Stride})";
    }

    private static string? Error(ReadOnlySpan<float> wanted, ReadOnlySpan<float> given, double tolerance)
    {
        double error = 0, power = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            error += ((double)wanted[i] - given[i]) * ((double)wanted[i] - given[i]);
            power += (double)wanted[i] * wanted[i];
        }

        return error <= tolerance * power ? null : $"its self-test has a mean square error of {error / power:0.0e+0}, more than {tolerance:0.0e+0}";
    }
}
