using Takt.Engine;
using Takt.Engine.Sequences;
using Takt.Evaluation;

namespace Takt.Tuning;

/// <summary>How far a model's predictions are from those of the model that is tuned.</summary>
/// <param name="Kl">Mean Kullback-Leibler divergence from it, in nats.</param>
/// <param name="Top1Agreement">Share of positions where both find the same token most likely.</param>
/// <param name="Perplexity">The model's perplexity.</param>
/// <param name="ReferencePerplexity">That of the model that is tuned.</param>
/// <param name="Tokens">Positions compared.</param>
public sealed record Quality(double Kl, double Top1Agreement, double Perplexity, double ReferencePerplexity, int Tokens);

/// <summary>Compares models with a reference on the second halves of windows, whose logits of the reference are read once and kept.</summary>
internal sealed class QualityMeter
{
    private readonly IReadOnlyList<int[]> _windows;
    private readonly List<float[]> _reference = [];
    private readonly double _referenceNegativeLogs;

    /// <summary>Reads the reference's logits: vocabulary x 4 bytes for each position compared.</summary>
    /// <param name="reference">The model that is tuned.</param>
    /// <param name="windows">Token ids, two or more in each.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public QualityMeter(TrialModel reference, IReadOnlyList<int[]> windows, CancellationToken cancellation)
    {
        _windows = windows;
        double negativeLogs = 0;
        Read(reference.Engine, (next, logits) =>
        {
            _reference.Add(logits.ToArray());
            negativeLogs += Logits.LogSumExp(logits) - logits[next];
        }, cancellation);
        _referenceNegativeLogs = negativeLogs;
    }

    /// <summary>Compares a model.</summary>
    public Quality Measure(TrialModel model, CancellationToken cancellation)
    {
        int at = 0, agree = 0;
        double divergence = 0, negativeLogs = 0;
        Read(model.Engine, (next, logits) =>
        {
            float[] reference = _reference[at++];
            double logSum = Logits.LogSumExp(logits);
            divergence += Logits.Divergence(reference, logits, logSum);
            negativeLogs += logSum - logits[next];
            if (Logits.Best(reference) == Logits.Best(logits)) agree++;
        }, cancellation);
        return new Quality(
            divergence / at, (double)agree / at, Math.Exp(negativeLogs / at), Math.Exp(_referenceNegativeLogs / at), at);
    }

    private delegate void PositionReader(int next, ReadOnlySpan<float> logits);

    private void Read(InferenceEngine engine, PositionReader read, CancellationToken cancellation)
    {
        foreach (int[] ids in _windows)
        {
            Sequence sequence = engine.Submit(ScoredWindow.Request(ids, (position, logits) => read(ids[position + 1], logits)));
            while (sequence.StopReason is null)
            {
                if (cancellation.IsCancellationRequested) sequence.Cancel();
                engine.Step();
            }

            sequence.ThrowIfFailed();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
