namespace Takt.Evaluation;

/// <summary>How well a model predicts a text, and how far it is from a reference model.</summary>
/// <param name="Perplexity">exp of the mean negative log-probability of the scored tokens.</param>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="KlMean">Mean Kullback-Leibler divergence of the model from the reference, in nats; null without a reference.</param>
/// <param name="KlP99">Its 99th percentile.</param>
/// <param name="Top1Agreement">Share of positions where both find the same token most likely, 0 to 1.</param>
public sealed record PerplexityResult(double Perplexity, long Tokens, double? KlMean, double? KlP99, double? Top1Agreement);
