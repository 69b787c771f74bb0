using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;

namespace Takt.Engine.Machine;

/// <summary>Measures how fast a backend multiplies weights of a format, with one row and with many.</summary>
internal static unsafe class ProductMeter
{
    /// <summary>Inputs of wide matrices and of narrow ones.</summary>
    public const int Wide = 2048, Narrow = 512;

    /// <summary>Measures products of a matrix with some numbers of rows.</summary>
    /// <param name="backends">The tier with several numbers of threads; a matrix is packed once for all of them.</param>
    /// <param name="format">The weights' format.</param>
    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="rows">Rows of activations, one measurement each.</param>
    /// <param name="fromMemory">Whether the matrix is too large for the caches.</param>
    /// <param name="columns">Inputs of the matrix.</param>
    public static List<ProductRate> Measure(IReadOnlyList<Backend> backends, WeightFormat format, int outputs, int[] rows, bool fromMemory, int columns = Wide)
    {
        using NativeBuffer source = Weights(format, outputs, columns);
        using Matrix matrix = backends[^1].Load(format, (nint)source.Bytes, outputs, columns);
        int most = rows.Max();
        using var x = new NativeBuffer((long)most * columns * sizeof(float));
        using var y = new NativeBuffer((long)most * Rows.Pad(outputs) * sizeof(float));
        new Span<float>(x.Floats, most * columns).Fill(1);
        var rates = new List<ProductRate>();
        foreach ((Backend backend, int count) in backends.SelectMany(backend => rows.Select(count => (backend, count))))
        {
            var product = new Projection(
                matrix, new Rows((nint)x.Floats, count, columns, columns), new Rows((nint)y.Floats, count, outputs, Rows.Pad(outputs)));
            List<double> seconds = Rounds.Of(() => backend.MatMul([product]));
            Measured macs = Measured.Rate((double)outputs * columns * count, seconds);
            rates.Add(new ProductRate(
                backend.Name, format.Name, backend.Team.Threads, count, fromMemory, macs, macs.Median / count * matrix.Bytes / ((double)outputs * columns))
            { Columns = columns });
        }

        return rates;
    }

    /// <summary>
    /// What a call costs with weights from memory besides their bytes: the same weights as many small matrices and as one large.
    /// </summary>
    /// <param name="backends">The tier with several numbers of threads.</param>
    /// <param name="format">The weights' format.</param>
    /// <param name="bytes">Bytes that no cache holds.</param>
    /// <returns>Seconds a call, by threads.</returns>
    public static Dictionary<int, double> CallSeconds(IReadOnlyList<Backend> backends, WeightFormat format, long bytes)
    {
        // As large as those of a layer of a small model, and like those in one stretch of memory: pages count, too.
        const int outputs = 1024;
        int count = (int)Math.Max(2, bytes / (format.Bytes(Narrow) * outputs));
        using NativeBuffer source = Weights(format, outputs, Narrow);
        Matrix[] small = [.. Enumerable.Range(0, count).Select(_ => backends[^1].Describe(format, (nint)source.Bytes, outputs, Narrow))];
        using var packed = new PackedWeights(small);
        packed.Pack(backends[^1].Team);
        using NativeBuffer many = Weights(format, outputs * count, Narrow);
        using Matrix large = backends[^1].Load(format, (nint)many.Bytes, outputs * count, Narrow);
        using var x = new NativeBuffer(Narrow * sizeof(float));
        using var y = new NativeBuffer((long)Rows.Pad(outputs * count) * sizeof(float));
        new Span<float>(x.Floats, Narrow).Fill(1);
        Projection Product(Matrix matrix) =>
            new(matrix, new Rows((nint)x.Floats, 1, Narrow, Narrow), new Rows((nint)y.Floats, 1, matrix.Rows, Rows.Pad(matrix.Rows)));
        return backends.ToDictionary(static backend => backend.Team.Threads, backend =>
        {
            double together = Measured.Of(Rounds.Of(() => backend.MatMul([Product(large)]))).Median, apart = Measured.Of(Rounds.Of(() =>
            {
                foreach (Matrix matrix in small) backend.MatMul([Product(matrix)]);
            })).Median;
            return Math.Max(0, apart - together) / count;
        });
    }

    // One row of ordinary numbers, over and over: zeros could be quicker than weights, and subnormal numbers slower.
    private static NativeBuffer Weights(WeightFormat format, int outputs, int columns)
    {
        using var row = new NativeBuffer(columns * sizeof(float));
        for (int i = 0; i < columns; i++) row.Floats[i] = (float)Math.Sin(i + 1);
        long bytes = format.Bytes(columns);
        var source = new NativeBuffer(bytes * outputs);
        format.Quantize(row.Floats, source.Bytes, columns);
        for (int i = 1; i < outputs; i++) Buffer.MemoryCopy(source.Bytes, source.Bytes + i * bytes, bytes, bytes);
        return source;
    }
}
