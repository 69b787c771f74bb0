using System.Diagnostics;
using Takt.Clock;

namespace Takt.Engine.Machine;

/// <summary>Repeats what is measured: on a machine that others use too, one round tells nothing.</summary>
internal static class Rounds
{
    private const int Least = 3, Most = 25;
    private const double BudgetSeconds = 0.025;

    /// <summary>Seconds of rounds: some at least, more while they are short. The first round warms up and does not count.</summary>
    public static List<double> Of(Action round)
    {
        round();
        var seconds = new List<double>(Most);
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < Least || (seconds.Count < Most && Stopwatch.GetElapsedTime(begin).TotalSeconds < BudgetSeconds))
        {
            long start = Stopwatch.GetTimestamp();
            round();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }

    /// <summary>Seconds of something short, which is done many times a round.</summary>
    public static Measured Of(int times, Action once)
    {
        List<double> seconds = Of(() =>
        {
            for (int i = 0; i < times; i++) once();
        });
        return Measured.Of([.. seconds.Select(round => round / times)]);
    }
}
