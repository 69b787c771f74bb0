namespace Takt.Compare;

/// <summary>Medians and how sure they are.</summary>
internal static class Statistics
{
    /// <summary>Pairs below which an interval would say too much.</summary>
    public const int PairsForInterval = 20;

    private const int Resamples = 10_000;

    /// <summary>The median of at least one value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /// <summary>
    /// The 95 % interval of the median by the percentile bootstrap (Efron, 1979); null with fewer than
    /// <see cref="PairsForInterval"/> values.
    /// </summary>
    public static (double Low, double High)? Interval(IReadOnlyList<double> values)
    {
        if (values.Count < PairsForInterval) return null;
        var random = new Random(1);
        var medians = new double[Resamples];
        var sample = new double[values.Count];
        for (int i = 0; i < Resamples; i++)
        {
            for (int k = 0; k < sample.Length; k++) sample[k] = values[random.Next(values.Count)];
            medians[i] = Median(sample);
        }

        Array.Sort(medians);
        return (medians[(int)(0.025 * Resamples)], medians[(int)(0.975 * Resamples)]);
    }
}
