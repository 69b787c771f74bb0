namespace Takt.Models;

/// <summary>Turns router logits into chosen experts and their weights.</summary>
internal static class ExpertRouter
{
    /// <summary>Chooses for one row.</summary>
    /// <param name="config">Says how.</param>
    /// <param name="logits">One an expert; overwritten.</param>
    /// <param name="chosen">Receives the experts, best first; of equal ones the lower number comes first.</param>
    /// <param name="weights">Receives their weights.</param>
    public static void Choose(ModelConfig config, Span<float> logits, Span<int> chosen, Span<float> weights)
    {
        if (config.Gating == ExpertGating.Softmax) Softmax(logits);
        for (int k = 0; k < chosen.Length; k++)
        {
            int best = 0;
            for (int i = 1; i < logits.Length; i++)
            {
                if (logits[i] > logits[best]) best = i;
            }

            (chosen[k], weights[k]) = (best, logits[best]);
            logits[best] = float.NegativeInfinity;
        }

        if (config.Gating == ExpertGating.SoftmaxOfTop) Softmax(weights);
        float scale = config.ExpertScale;
        if (config.NormalizeExperts && config.Gating == ExpertGating.Softmax) scale /= Sum(weights);
        foreach (ref float weight in weights) weight *= scale;
    }

    private static void Softmax(Span<float> values)
    {
        float largest = values[0];
        foreach (float value in values) largest = MathF.Max(largest, value);
        foreach (ref float value in values) value = MathF.Exp(value - largest);
        float sum = Sum(values);
        foreach (ref float value in values) value /= sum;
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        float sum = 0;
        foreach (float value in values) sum += value;
        return sum;
    }
}
