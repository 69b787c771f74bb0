using System.Runtime.InteropServices;
using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Compares an emitted kernel with what it must give, on small data, on the machine it is to run on.</summary>
internal sealed unsafe class SelfTest : IDisposable
{
    // Every size of tile, several blocks, more than one chunk of columns, results with a gap between them.
    private const int Columns = 768, Rows = 95, Groups = 6, Together = 2, Stride = 36, Outputs = Groups * MatrixKernel.GroupRows;
    private const int DistinctValues = 2048;

    private readonly WeightFormat _format;
    private readonly NativeBuffer _source, _floats, _groups;
    private readonly Activations _activations = new();

    private SelfTest(MatrixKernel kernel, string format)
    {
        _format = WeightFormat.Find(format)!;
        var random = new Random(1);
        _source = Blocks(_format, Outputs * Columns, random);
        long groupBytes = kernel.GroupBytes(Columns), sourceBytes = _source.Length / Groups;
        _groups = new NativeBuffer(Groups * groupBytes);
        for (int i = 0; i < Groups; i++)
            kernel.Pack(_source.Bytes + i * sourceBytes, MatrixKernel.GroupRows, Columns, _groups.Bytes + i * groupBytes);
        _floats = Uniform(random, Rows);
        _activations.Reserve(Rows, Columns);
    }

    /// <summary>Runs a kernel and one in C# that it must equal to the bit.</summary>
    /// <param name="known">The kernel in C#.</param>
    /// <param name="emitted">The other one.</param>
    /// <param name="format">Their format.</param>
    /// <returns>Null where it is right, else what is not.</returns>
    public static string? Run(MatrixKernel known, MatrixKernel emitted, string format)
    {
        using var test = new SelfTest(known, format);
        return test.Compare(known, emitted);
    }

    /// <summary>Runs a kernel that takes activations in bfloat16 and compares with products in double precision.</summary>
    /// <param name="emitted">The kernel.</param>
    /// <param name="format">Its format.</param>
    /// <param name="tolerance">Largest squared error as a share of the squares.</param>
    /// <returns>Null where it is right, else what is not.</returns>
    public static string? RunBFloat(MatrixKernel emitted, string format, double tolerance)
    {
        using var test = new SelfTest(emitted, format);
        return test.Compare(emitted, tolerance);
    }

    private static NativeBuffer Uniform(Random random, int rows)
    {
        var values = new NativeBuffer(rows * Columns * sizeof(float));
        for (int i = 0; i < rows * Columns; i++) values.Floats[i] = random.NextSingle() - 0.5f;
        return values;
    }

    private string? Compare(MatrixKernel known, MatrixKernel emitted)
    {
        for (int row = 0; row < Rows; row++)
        {
            // All processors that emitted code is for have AVX2, whose code is needed anyway.
            Activations.Quantize<Lanes256>(_floats.Floats + row * Columns, Columns, _activations[row]);
            Activations.StoreShorts<Lanes256>(_activations[row], Columns);
        }

        bool quantized = known.QuantizesActivations;
        ActivationRow x = quantized ? _activations[0] : new ActivationRow((nint)_floats.Floats, 0, 0);
        long xStride = quantized ? _activations.RowBytes : Columns * sizeof(float);
        using NativeBuffer expected = Products(known, x, xStride), actual = Products(emitted, x, xStride);
        using NativeBuffer one = new(Outputs * sizeof(float)), other = new(Outputs * sizeof(float));
        known.Multiply(_groups.Bytes, Groups, Columns, x, one.Floats);
        emitted.Multiply(_groups.Bytes, Groups, Columns, x, other.Floats);
        return Difference(new(one.Floats, Outputs), new(other.Floats, Outputs))
            ?? Difference(new(expected.Floats, Rows * Stride), new(actual.Floats, Rows * Stride));
    }

    private NativeBuffer Products(MatrixKernel kernel, in ActivationRow x, long xStride)
    {
        var products = new NativeBuffer(Rows * Stride * sizeof(float));
        kernel.MultiplyRows(_groups.Bytes, Together, Columns, x, xStride, Rows, products.Floats, Stride);
        return products;
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

    private string? Compare(MatrixKernel emitted, double tolerance)
    {
        for (int row = 0; row < Rows; row++) Activations.StoreBFloats<LanesScalar>(_floats.Floats + row * Columns, Columns, _activations[row]);
        using NativeBuffer products = Products(emitted, _activations[0], _activations.RowBytes);
        using var weights = new NativeBuffer(MatrixKernel.GroupRows * Columns * sizeof(float));
        _format.Dequantize(_source.Bytes, weights.Floats, MatrixKernel.GroupRows * Columns);
        double error = 0, power = 0;
        for (int i = 0; i < Rows * MatrixKernel.GroupRows; i++)
        {
            (int row, int output) = (i / MatrixKernel.GroupRows, i % MatrixKernel.GroupRows);
            float* x = _floats.Floats + row * Columns, w = weights.Floats + output * Columns;
            double exact = 0;
            for (int k = 0; k < Columns; k++) exact += (double)x[k] * w[k];
            error += Math.Pow(exact - products.Floats[row * Stride + output], 2);
            power += exact * exact;
        }

        return error <= tolerance * power ? null : $"its self-test has a mean square error of {error / power:0.0e+0}, more than {tolerance:0.0e+0}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _source.Dispose();
        _floats.Dispose();
        _groups.Dispose();
        _activations.Dispose();
    }
}
