namespace Takt.Clock.Costs;

/// <summary>How far the last predictions of one kind of cycle were off, and what interval that makes.</summary>
internal sealed class Residuals
{
    /// <summary>The share of cycles that the interval should hold.</summary>
    public const double Coverage = 0.9;

    private const int Most = 128;
    private const int Enough = 40;

    // The normal distribution's 95 % quantile, and how many measurements the prior is worth.
    private const double Quantile95 = 1.645, PriorCount = 3;

    private readonly double _priorDeviation;
    private readonly double[] _logs = new double[Most];
    private readonly double[] _sorted = new double[Most];
    private long _added;

    /// <summary>Begins with an interval that the prior makes.</summary>
    /// <param name="priorWidth">Half of it, of ln(measured / predicted).</param>
    public Residuals(double priorWidth)
    {
        _priorDeviation = priorWidth / Quantile95;
        (Interval, Scale) = ((-priorWidth, priorWidth), _priorDeviation);
    }

    /// <summary>The interval of ln(measured / predicted).</summary>
    public (double Low, double High) Interval { get; private set; }

    /// <summary>A typical absolute value, from which outliers are told.</summary>
    public double Scale { get; private set; }

    private int Count => (int)Math.Min(_added, Most);

    /// <summary>Notes ln(measured / predicted).</summary>
    public void Add(double log)
    {
        _logs[_added++ % Most] = log;
        Span<double> sorted = _sorted.AsSpan(0, Count);
        _logs.AsSpan(0, Count).CopyTo(sorted);
        sorted.Sort();
        Interval = Count < Enough ? OfFew(sorted) : (At(sorted, (1 - Coverage) / 2), At(sorted, (1 + Coverage) / 2));
        Scale = Count < Enough / 2 ? _priorDeviation : Math.Max(0.01, (At(sorted, 0.75) - At(sorted, 0.25)) / 1.35);
    }

    // Too few for quantiles: of a normal distribution whose deviation is estimated from them and the prior, and thus of Student's t.
    private (double Low, double High) OfFew(ReadOnlySpan<double> logs)
    {
        double squares = PriorCount * _priorDeviation * _priorDeviation, count = PriorCount + logs.Length;
        foreach (double log in logs) squares += log * log;
        // Its quantile by the first term of Cornish and Fisher's expansion.
        double t = Quantile95 + (Quantile95 * Quantile95 * Quantile95 + Quantile95) / (4 * count), width = t * Math.Sqrt(squares / count);
        return (-width, width);
    }

    private static double At(ReadOnlySpan<double> sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int low = (int)place, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
    }
}
