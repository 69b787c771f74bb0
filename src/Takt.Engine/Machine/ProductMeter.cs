using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;

namespace Takt.Engine.Machine;

/// <summary>Measures how fast a backend multiplies weights of a format, with one row and with many.</summary>
internal static unsafe class ProductMeter
{
    /// <summary>Inputs of the matrices.</summary>
    public const int Columns = 2048;

    /// <summary>Measures products of a matrix with some numbers of rows.</summary>
    /// <param name="backends">The tier with several numbers of threads; a matrix is packed once for all of them.</param>
    /// <param name="format">The weights' format.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="rows">Rows of activations, one measurement each.</param>
    /// <param name="fromMemory">Whether the matrix is too large for the caches.</param>
    public static List<ProductRate> Measure(IReadOnlyList<Backend> backends, WeightFormat format, int outputs, int[] rows, bool fromMemory)
    {
        using NativeBuffer source = Weights(format, outputs);
        using Matrix matrix = backends[^1].Load(format, (nint)source.Bytes, outputs, Columns);
        int most = rows.Max();
        using var x = new NativeBuffer((long)most * Columns * sizeof(float));
        using var y = new NativeBuffer((long)most * Rows.Pad(outputs) * sizeof(float));
        new Span<float>(x.Floats, most * Columns).Fill(1);
        var rates = new List<ProductRate>();
        foreach ((Backend backend, int count) in backends.SelectMany(backend => rows.Select(count => (backend, count))))
        {
            var product = new Projection(
                matrix, new Rows((nint)x.Floats, count, Columns, Columns), new Rows((nint)y.Floats, count, outputs, Rows.Pad(outputs)));
            List<double> seconds = Rounds.Of(() => backend.MatMul([product]));
            Measured macs = Measured.Rate((double)outputs * Columns * count, seconds);
            rates.Add(new ProductRate(
                backend.Name, format.Name, backend.Team.Threads, count, fromMemory, macs, macs.Median / count * matrix.Bytes / ((double)outputs * Columns)));
        }

        return rates;
    }

    // One row of ordinary numbers, over and over: zeros could be quicker than weights, and subnormal numbers slower.
    private static NativeBuffer Weights(WeightFormat format, int outputs)
    {
        using var row = new NativeBuffer(Columns * sizeof(float));
        for (int i = 0; i < Columns; i++) row.Floats[i] = (float)Math.Sin(i + 1);
        long bytes = format.Bytes(Columns);
        var source = new NativeBuffer(bytes * outputs);
        format.Quantize(row.Floats, source.Bytes, Columns);
        for (int i = 1; i < outputs; i++) Buffer.MemoryCopy(source.Bytes, source.Bytes + i * bytes, bytes, bytes);
        return source;
    }
}
