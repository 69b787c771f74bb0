using Takt.Clock;
using Takt.Compute;

namespace Takt.Tuning;

/// <summary>What two models took for a token, measured in turns.</summary>
/// <param name="Ratio">The median over the turns of second over first: steadier than either of the times.</param>
/// <param name="Upper">The ratio that three of four turns stayed below.</param>
/// <param name="FirstMoments">The median seconds of the first one's moments.</param>
/// <param name="SecondMoments">The second one's.</param>
internal sealed record Pair(
    double Ratio, double Upper, IReadOnlyDictionary<Moment, double> FirstMoments, IReadOnlyDictionary<Moment, double> SecondMoments)
{
    /// <summary>What must be gained before something is changed: less is noise.</summary>
    public const double Gain = 0.97;

    /// <summary>Whether the second is quicker beyond what the machine's unsteadiness may be.</summary>
    public bool IsQuicker => Ratio < Gain && Upper < 1;
}

/// <summary>Times ways to generate in turns, so that what else the machine does meets all of them alike.</summary>
/// <param name="depth">Tokens stored before anything is timed.</param>
/// <param name="room">Tokens that may be generated behind them.</param>
internal sealed class PairedTimer(int depth, int room)
{
    private const int Turns = 6, MostTokens = 12;

    /// <summary>Times a model beside another.</summary>
    public Pair Measure(TrialModel first, TrialModel second, CancellationToken cancellation)
    {
        int tokens = Math.Clamp(room / Turns, 1, MostTokens), turns = Math.Min(Turns, room);
        using var a = new DecodeRun(first, depth, tokens * turns, cancellation);
        using var b = new DecodeRun(second, depth, tokens * turns, cancellation);
        var times = new (double A, double B)[turns];
        for (int i = 0; i < turns; i++)
        {
            // Whoever comes first may find the caches otherwise.
            if (i % 2 == 0) times[i].A = a.Seconds(tokens, null, cancellation);
            times[i].B = b.Seconds(tokens, null, cancellation);
            if (i % 2 != 0) times[i].A = a.Seconds(tokens, null, cancellation);
        }

        double[] ratios = [.. times.Select(static turn => turn.B / turn.A)];
        double upper = ratios.Order().ElementAt(ratios.Length * 3 / 4);
        return new Pair(Measured.Of(ratios).Median, upper, a.Moments(), b.Moments());
    }

    /// <summary>The ratios of a model's times with other tunings to those with its own; kinds of page cannot be changed so.</summary>
    public double[] Ratios(TrialModel model, IReadOnlyList<KernelTuning> tunings, CancellationToken cancellation)
    {
        int ways = tunings.Count + 1, tokens = Math.Clamp(room / (Turns * ways), 1, MostTokens), turns = Math.Clamp(room / (tokens * ways), 1, Turns);
        using var run = new DecodeRun(model, depth, tokens * turns * ways, cancellation);
        var ratios = new double[turns][];
        for (int i = 0; i < turns; i++)
        {
            double own = run.Seconds(tokens, null, cancellation);
            ratios[i] = [.. tunings.Select(tuning => run.Seconds(tokens, tuning, cancellation) / own)];
        }

        return [.. tunings.Select((_, way) => Measured.Of([.. ratios.Select(turn => turn[way])]).Median)];
    }
}
