using System.Diagnostics;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;

namespace Takt.Engine.Machine;

/// <summary>Finds out how the kernels that read weights should read them on this machine.</summary>
public static unsafe class KernelTuner
{
    private const int Columns = 2048, Rounds = 4;

    // What comes within this of the default is noise, and the default stays.
    private const double Margin = 0.97;

    /// <summary>
    /// Multiplies a matrix of Q8_0 with one row, as in generation, with every number of streams, several prefetch distances and both kinds
    /// of page, and returns the quickest; takes some tenths of a second. Nothing else may compute on the backend meanwhile.
    /// </summary>
    /// <param name="backend">The tier, and the threads that it will run on.</param>
    /// <param name="rows">Rows of the matrix: 32,768 are 68 MiB, which the caches of most machines do not hold.</param>
    public static KernelTuning Measure(Backend backend, int rows = 32_768)
    {
        ArgumentNullException.ThrowIfNull(backend);
        KernelTuning before = KernelTuning.Current, best = KernelTuning.Default;
        WeightFormat format = WeightFormat.Find("q8_0")!;
        using var source = new NativeBuffer(format.Bytes(Columns) * rows);
        using var x = new NativeBuffer(Columns * sizeof(float));
        using var y = new NativeBuffer(Rows.Pad(rows) * sizeof(float));
        new Span<float>(x.Floats, Columns).Fill(1);
        double limit = double.MaxValue;
        try
        {
            foreach (bool large in (bool[])[KernelTuning.Default.HugePages, !KernelTuning.Default.HugePages])
            {
                KernelTuning.Current = KernelTuning.Default with { HugePages = large };
                using Matrix matrix = backend.Load(format, (nint)source.Bytes, rows, Columns);
                var product = new Projection(
                    matrix, new Rows((nint)x.Floats, 1, Columns, Columns), new Rows((nint)y.Floats, 1, rows, Rows.Pad(rows)));
                foreach (KernelTuning tuning in Candidates(large))
                {
                    KernelTuning.Current = tuning;
                    double seconds = Quickest(backend, product);
                    // The default comes first and sets the limit.
                    if (seconds >= limit) continue;
                    limit = limit == double.MaxValue ? seconds * Margin : seconds;
                    best = tuning;
                }
            }
        }
        finally
        {
            KernelTuning.Current = before;
        }

        return best;
    }

    private static IEnumerable<KernelTuning> Candidates(bool large) =>
    [
        KernelTuning.Default with { HugePages = large },
        .. from streams in KernelTuning.StreamChoices
           from prefetch in KernelTuning.PrefetchChoices
           let tuning = new KernelTuning(streams, prefetch, large)
           where tuning != KernelTuning.Default with { HugePages = large }
           select tuning,
    ];

    private static double Quickest(Backend backend, Projection product)
    {
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            backend.MatMul([product]);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
