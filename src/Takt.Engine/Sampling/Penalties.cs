namespace Takt.Engine.Sampling;

/// <summary>Changes logits of single tokens: bias, then penalties on recent tokens.</summary>
internal sealed class Penalties(int vocabularySize)
{
    // Occurrences by token; all zero between calls.
    private readonly int[] _counts = new int[vocabularySize];

    public void Apply(Span<float> logits, SamplingOptions options, ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < options.LogitBias.Count; i++) logits[options.LogitBias[i].Key] += options.LogitBias[i].Value;
        if (options is { RepetitionPenalty: 1, FrequencyPenalty: 0, PresencePenalty: 0 }) return;

        ReadOnlySpan<int> window = tokens[Math.Max(0, tokens.Length - options.PenaltyWindow)..];
        foreach (int token in window) _counts[token]++;
        foreach (int token in window)
        {
            if (_counts[token] == 0) continue;
            float logit = logits[token];
            logit = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
            logits[token] = logit - _counts[token] * options.FrequencyPenalty - options.PresencePenalty;
            _counts[token] = 0;
        }
    }
}
