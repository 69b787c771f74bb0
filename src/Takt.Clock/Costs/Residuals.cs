namespace Takt.Clock.Costs;

/// <summary>How far the last predictions of one kind of cycle were off, and what interval that makes.</summary>
internal sealed class Residuals(double priorWidth)
{
    /// <summary>The share of cycles that the interval should hold.</summary>
    public const double Coverage = 0.9;

    private const int Most = 256;
    private const int Enough = 20;

    private readonly double[] _logs = new double[Most];
    private long _added;

    private int Count => (int)Math.Min(_added, Most);

    /// <summary>Notes ln(measured / predicted).</summary>
    public void Add(double log) => _logs[_added++ % Most] = log;

    /// <summary>A typical absolute value, from which outliers are told.</summary>
    public double Scale
    {
        get
        {
            if (Count < Enough / 2) return priorWidth;
            double[] sorted = [.. _logs.Take(Count).Select(Math.Abs).Order()];
            return Math.Max(0.01, 1.48 * sorted[sorted.Length / 2]);
        }
    }

    /// <summary>The interval of ln(measured / predicted): quantiles of what there was, and before there is enough, the prior too.</summary>
    public (double Low, double High) Interval()
    {
        double trust = Math.Min(1, (double)Count / Enough);
        if (Count == 0) return (-priorWidth, priorWidth);
        double[] sorted = [.. _logs.Take(Count).Order()];
        double low = Quantile(sorted, (1 - Coverage) / 2), high = Quantile(sorted, (1 + Coverage) / 2);
        return (trust * low - (1 - trust) * priorWidth, trust * high + (1 - trust) * priorWidth);
    }

    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int low = (int)place, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
    }
}
