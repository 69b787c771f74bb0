using Takt.Clock;

namespace Takt.Evaluation;

/// <summary>What repeats of one piece of work took while nothing disturbed them.</summary>
/// <param name="Seconds">The median of those that count.</param>
/// <param name="Repeats">All that were run.</param>
/// <param name="LeftOut">Those that do not count, because they took far longer than the others.</param>
public readonly record struct QuietTime(double Seconds, int Repeats, int LeftOut)
{
    // One repeat in ten may be left out: where more are slow, slow is how the machine is.
    private const int OneIn = 10;

    /// <summary>Of the seconds that each repeat took; at least one.</summary>
    /// <remarks>Left out are the slowest, a tenth at most, if they lie beyond the fence that the ledger calls cycles outliers by.</remarks>
    public static QuietTime Of(IReadOnlyCollection<double> seconds)
    {
        ArgumentNullException.ThrowIfNull(seconds);
        Measured all = Measured.Of(seconds);
        // The spread is half the distance between the quartiles, which counts as a 32nd of the median at least.
        double fence = all.Median * (1 + 3 * Math.Max(2 * all.Spread, 1.0 / 32));
        int left = Math.Min(seconds.Count(one => one > fence), seconds.Count / OneIn);
        return new QuietTime(Measured.Of([.. seconds.Order().SkipLast(left)]).Median, seconds.Count, left);
    }
}
