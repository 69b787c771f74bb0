namespace Takt.Tuning;

/// <summary>A choice of types and what was found when a model with it ran.</summary>
/// <param name="Picks">The way chosen of each group.</param>
/// <param name="Kl">The measured divergence.</param>
internal sealed record Pick(int[] Picks, double Kl);

/// <summary>
/// Finds types by predicted divergences and believes only measured ones: divergences of groups do not quite add up, so the sum that may
/// be spent is corrected until the whole model, measured, comes close to the bound and stays within it.
/// </summary>
/// <param name="groups">The ways of each group; the first is the present one, which costs nothing.</param>
/// <param name="measure">Measures the divergence of a model with the given ways on the text that chooses.</param>
/// <param name="verify">The same on the held-out text.</param>
internal sealed class TypeSearch(IReadOnlyList<IReadOnlyList<Choice>> groups, Func<int[], double> measure, Func<int[], double> verify)
{
    /// <summary>Most models measured on the choosing text in one search, and most choices that are tried on the held-out text.</summary>
    public const int Attempts = 5, Verifications = 4;

    // Nearer to the bound than this is near enough.
    private const double Near = 0.93, Aim = 0.97;

    /// <summary>Seconds of the product's moments in a cycle with given ways.</summary>
    public double Seconds(int[] picks) => groups.Select((ways, group) => ways[picks[group]].Seconds).Sum();

    /// <summary>The quickest choice found whose divergence is within the bound on both texts; the present types where there is none.</summary>
    public Pick Find(double bound)
    {
        double target = bound;
        for (int i = 0; i < Verifications && target > 0; i++)
        {
            Pick found = Choose(target);
            if (IsPresent(found.Picks)) return found;
            double held = verify(found.Picks);
            if (held <= bound) return found with { Kl = held };
            target *= 0.9 * bound / held;
        }

        return new Pick(new int[groups.Count], 0);
    }

    private Pick Choose(double target)
    {
        Pick? best = null;
        double budget = target;
        var seen = new HashSet<string>();
        for (int i = 0; i < Attempts; i++)
        {
            int[] picks = Knapsack.Solve(groups, budget);
            if (IsPresent(picks)) break;
            if (!seen.Add(string.Join(',', picks))) break;
            double kl = measure(picks);
            if (kl <= target && (best is null || Seconds(picks) < Seconds(best.Picks))) best = new Pick(picks, kl);
            if (kl <= target && kl >= Near * target) break;
            if (!(kl > 0)) kl = target / 4;
            budget *= Math.Clamp(Aim * target / kl, 0.1, 4);
        }

        return best ?? new Pick(new int[groups.Count], 0);
    }

    private static bool IsPresent(int[] picks) => Array.TrueForAll(picks, static pick => pick == 0);
}
