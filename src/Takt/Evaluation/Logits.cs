namespace Takt.Evaluation;

/// <summary>Sums over a row of logits.</summary>
internal static class Logits
{
    /// <summary>log of the sum of exp(x), about the largest value so that nothing overflows.</summary>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits) max = Math.Max(max, logit);
        double sum = 0;
        foreach (float logit in logits) sum += Math.Exp(logit - max);
        return max + Math.Log(sum);
    }

    /// <summary>Kullback-Leibler divergence of the second distribution from the first, in nats, never below 0.</summary>
    public static double Divergence(ReadOnlySpan<float> reference, ReadOnlySpan<float> logits, double logSum)
    {
        double referenceSum = LogSumExp(reference), result = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double log = reference[i] - referenceSum;
            double probability = Math.Exp(log);
            if (probability > 0) result += probability * (log - (logits[i] - logSum));
        }

        return Math.Max(0, result);
    }

    /// <summary>The most likely token; of equal ones the lower id.</summary>
    public static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best]) best = i;
        }

        return best;
    }
}
