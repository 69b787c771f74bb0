namespace Takt.Tuning;

/// <summary>One way to store a group of weights.</summary>
/// <param name="Seconds">What its product takes in a cycle.</param>
/// <param name="Kl">By how much it is expected to move the model's distribution, in nats; 0 or more.</param>
internal readonly record struct Choice(double Seconds, double Kl);

/// <summary>Chooses one way for each group so that all together are quickest and stay within a sum of divergences.</summary>
/// <remarks>
/// The multiple-choice knapsack problem (Sinha and Zoltners, 1979), by dynamic programming over divergence in <see cref="Units"/> equal
/// steps. Divergences are rounded up, so the bound holds exactly; the result is optimal for divergences that lie on steps, and else for a
/// bound lower by at most a step a group.
/// </remarks>
internal static class Knapsack
{
    /// <summary>Steps that the bound is divided into.</summary>
    public const int Units = 8192;

    // A divergence that lies on a step is not pushed over it by the last bit of a division.
    private const double Grain = 1e-9;

    /// <summary>The chosen way of each group.</summary>
    /// <param name="groups">The ways of each group; the first costs no divergence.</param>
    /// <param name="bound">The most that the chosen divergences may sum to; 0 or more.</param>
    public static int[] Solve(IReadOnlyList<IReadOnlyList<Choice>> groups, double bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bound);
        var best = new double[Units + 1];
        var taken = new short[groups.Count][];
        for (int group = 0; group < groups.Count; group++) (best, taken[group]) = Extend(best, groups[group], bound);

        var picks = new int[groups.Count];
        int left = Units;
        for (int group = groups.Count - 1; group >= 0; group--)
        {
            picks[group] = taken[group][left];
            left -= Cost(groups[group][picks[group]], bound);
        }

        return picks;
    }

    // best[u]: the least seconds of the groups so far with at most u units.
    private static (double[] Best, short[] Taken) Extend(double[] best, IReadOnlyList<Choice> ways, double bound)
    {
        var next = new double[Units + 1];
        var taken = new short[Units + 1];
        Array.Fill(next, double.PositiveInfinity);
        for (short way = 0; way < ways.Count; way++)
        {
            int cost = Cost(ways[way], bound);
            for (int units = cost; units <= Units; units++)
            {
                double seconds = best[units - cost] + ways[way].Seconds;
                if (seconds >= next[units]) continue;
                next[units] = seconds;
                taken[units] = way;
            }
        }

        return (next, taken);
    }

    private static int Cost(Choice way, double bound) =>
        way.Kl <= 0 ? 0 : way.Kl > bound ? Units + 1 : (int)Math.Ceiling(way.Kl / bound * Units - Grain);
}
