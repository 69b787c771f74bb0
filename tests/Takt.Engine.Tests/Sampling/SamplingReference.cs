using Takt.Engine.Sampling;

namespace Takt.Engine.Tests.Sampling;

/// <summary>The sampling chain written plainly: doubles, everything sorted at every step.</summary>
internal static class SamplingReference
{
    /// <summary>The surviving tokens and their probabilities, or null where rounding decides who survives.</summary>
    public static Dictionary<int, double>? Distribution(ReadOnlySpan<float> raw, SamplingOptions options, IReadOnlyList<int> tokens)
    {
        double[] logits = [.. raw.ToArray().Select(l => (double)l)];
        Penalise(logits, options, tokens);
        (int Id, double Logit)[] left = [.. logits.Select((l, id) => (id, l)).OrderByDescending(t => t.l).ThenBy(t => t.id)];
        left = [.. left.Where(t => !double.IsNegativeInfinity(t.Logit))];
        if (options.TopK > 0) left = [.. left.Take(options.TopK)];

        if (options.TypicalP < 1)
        {
            double[] p = Softmax(left, 1);
            double entropy = -p.Sum(x => x > 0 ? x * Math.Log(x) : 0);
            var ranked = left.Zip(p, (t, x) => (t, x, Distance: Math.Abs(-Math.Log(x) - entropy)))
                .OrderBy(r => Math.Round(r.Distance, 5)).ThenBy(r => r.t.Id).ToArray();
            if (Reach([.. ranked.Select(r => r.x)], options.TypicalP) is not { } count) return null;
            if (count < ranked.Length && Math.Abs(ranked[count].Distance - ranked[count - 1].Distance) is > 1e-12 and < 1e-4) return null;
            left = [.. ranked.Take(count).Select(r => r.t).OrderByDescending(t => t.Logit).ThenBy(t => t.Id)];
        }

        if (options.TopP < 1)
        {
            if (Reach(Softmax(left, 1), options.TopP) is not { } count) return null;
            left = left[..count];
        }

        if (options.MinP > 0)
        {
            double[] p = Softmax(left, 1);
            double bar = options.MinP * p.Max();
            if (p.Any(x => Math.Abs(x / bar - 1) < 1e-5)) return null;
            left = [.. left.Where((_, i) => p[i] >= bar)];
        }

        double[] final = Softmax(left, options.Temperature);
        return left.Select((t, i) => (t.Id, final[i])).ToDictionary();
    }

    private static void Penalise(double[] logits, SamplingOptions options, IReadOnlyList<int> tokens)
    {
        foreach ((int token, float bias) in options.LogitBias) logits[token] += bias;
        foreach (var group in tokens.TakeLast(options.PenaltyWindow).GroupBy(t => t))
        {
            ref double logit = ref logits[group.Key];
            logit = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
            logit -= group.Count() * (double)options.FrequencyPenalty + options.PresencePenalty;
        }
    }

    private static double[] Softmax((int Id, double Logit)[] tokens, double temperature)
    {
        double max = tokens.Max(t => t.Logit);
        double[] weights = [.. tokens.Select(t => Math.Exp((t.Logit - max) / temperature))];
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>How many, in order, reach the share; at least one.</summary>
    private static int? Reach(double[] p, double share)
    {
        double sum = 0;
        for (int i = 0; i < p.Length; i++)
        {
            sum += p[i];
            if (Math.Abs(sum - share) < 1e-5) return null;
            if (sum >= share) return i + 1;
        }

        return p.Length;
    }
}
