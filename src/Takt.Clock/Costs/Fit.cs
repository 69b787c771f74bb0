namespace Takt.Clock.Costs;

/// <summary>
/// Factors on the parts of a cost, fitted to what was measured: a Kalman filter (Kalman, 1960) of relative errors that starts from
/// factors of 1. Without drift it is Bayesian linear regression. Only the parts that a cycle is made of drift with it, so a long text
/// forgets nothing about prompts.
/// </summary>
internal sealed class Fit
{
    private const double PriorDeviation = 0.3, DriftVariance = 1e-5;
    private const double LeastFactor = 0.2;

    private readonly double[,] _covariance;
    private readonly double[] _gain;

    /// <summary>Starts with factors of 1.</summary>
    /// <param name="size">How many parts there are.</param>
    public Fit(int size)
    {
        Factors = new double[size];
        _gain = new double[size];
        _covariance = new double[size, size];
        Array.Fill(Factors, 1);
        for (int i = 0; i < size; i++) _covariance[i, i] = PriorDeviation * PriorDeviation;
    }

    private Fit(Fit other)
    {
        Factors = [.. other.Factors];
        _gain = new double[other._gain.Length];
        _covariance = (double[,])other._covariance.Clone();
    }

    /// <summary>The factors.</summary>
    public double[] Factors { get; }

    /// <summary>One that knows the same and learns for itself.</summary>
    public Fit Clone() => new(this);

    /// <summary>The sum of the parts, each with its factor.</summary>
    public double Sum(ReadOnlySpan<double> parts)
    {
        double sum = 0;
        for (int i = 0; i < Factors.Length; i++) sum += parts[i] * Factors[i];
        return sum;
    }

    /// <summary>Standard deviation of that sum because the factors are not known exactly, relative to it.</summary>
    public double Deviation(ReadOnlySpan<double> parts)
    {
        double sum = Sum(parts), variance = 0;
        for (int i = 0; i < Factors.Length; i++) variance += parts[i] * Times(i, parts);
        return sum > 0 ? Math.Sqrt(Math.Max(0, variance)) / sum : 0;
    }

    /// <summary>Takes in a cycle: its parts and what it took.</summary>
    /// <param name="parts">Seconds.</param>
    /// <param name="seconds">Seconds, above 0.</param>
    /// <param name="noise">Standard deviation of such a time by chance, relative to it; above 0.</param>
    /// <param name="drift">Whether what is known may have changed since the last one.</param>
    public void Add(ReadOnlySpan<double> parts, double seconds, double noise, bool drift)
    {
        int size = Factors.Length;
        double expected = Sum(parts), variance = noise * noise;
        for (int i = 0; i < size && drift; i++)
        {
            double aged = _covariance[i, i] + DriftVariance * parts[i] * Factors[i] / expected;
            _covariance[i, i] = Math.Max(_covariance[i, i], Math.Min(aged, PriorDeviation * PriorDeviation));
        }

        for (int i = 0; i < size; i++)
        {
            _gain[i] = Times(i, parts) / seconds;
            variance += _gain[i] * parts[i] / seconds;
        }

        double error = 1 - expected / seconds;
        for (int i = 0; i < size; i++)
        {
            Factors[i] = Math.Max(LeastFactor, Factors[i] + _gain[i] / variance * error);
            for (int j = 0; j < size; j++) _covariance[i, j] -= _gain[i] * _gain[j] / variance;
        }
    }

    private double Times(int row, ReadOnlySpan<double> parts)
    {
        double sum = 0;
        for (int j = 0; j < parts.Length; j++) sum += _covariance[row, j] * parts[j];
        return sum;
    }
}
