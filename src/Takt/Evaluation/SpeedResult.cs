namespace Takt.Evaluation;

/// <summary>What repetitions of a test gave.</summary>
/// <param name="Test">The test.</param>
/// <param name="Samples">Tokens a second of every repetition, in the order in which they were taken; at least one.</param>
public sealed record SpeedResult(SpeedTest Test, IReadOnlyList<double> Samples)
{
    /// <summary>The mean, in tokens a second.</summary>
    public double Mean => Samples.Average();

    /// <summary>The median, in tokens a second.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. Samples.Order()];
            int half = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        }
    }

    /// <summary>The standard deviation of the samples (with n - 1), in tokens a second; 0 of a single one.</summary>
    public double StandardDeviation
    {
        get
        {
            double mean = Mean;
            return Samples.Count < 2 ? 0 : Math.Sqrt(Samples.Sum(sample => (sample - mean) * (sample - mean)) / (Samples.Count - 1));
        }
    }
}
