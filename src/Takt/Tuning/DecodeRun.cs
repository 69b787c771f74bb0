using System.Diagnostics;
using Takt.Clock;
using Takt.Compute;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;

namespace Takt.Tuning;

/// <summary>One sequence that generates behind a prompt, some tokens at a time.</summary>
internal sealed class DecodeRun : IDisposable
{
    private const int WarmUp = 3;

    private readonly TrialModel _model;
    private readonly Sequence _sequence;

    /// <summary>Reads a prompt of random tokens and warms up.</summary>
    /// <param name="model">The model; nothing else runs on it meanwhile.</param>
    /// <param name="depth">Tokens stored before anything is timed; more than <see cref="WarmUp"/>.</param>
    /// <param name="tokens">Most tokens that will be generated.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public DecodeRun(TrialModel model, int depth, int tokens, CancellationToken cancellation)
    {
        _model = model;
        var random = new Random(1);
        _sequence = model.Engine.Submit(new Request
        {
            Prompt = [.. Enumerable.Range(0, Math.Max(1, depth - WarmUp)).Select(_ => random.Next(model.Engine.Model.VocabularySize))],
            MaxTokens = tokens + WarmUp + 2,
            Sampling = SamplingOptions.Greedy,
        });
        while (_sequence.Stored < depth) Step(cancellation);
        model.Engine.Ledger.Reset();
    }

    /// <summary>The median of the seconds between tokens, of some that are generated now.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="tuning">How kernels read weights; null for the model's own.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public double Seconds(int tokens, KernelTuning? tuning, CancellationToken cancellation)
    {
        var seconds = new double[tokens];
        for (int i = 0; i < tokens; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Step(cancellation, tuning);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return Measured.Of(seconds).Median;
    }

    /// <summary>The median seconds of every moment of all tokens that were timed.</summary>
    public IReadOnlyDictionary<Moment, double> Moments() => _model.Engine.Ledger.Snapshot().Moments
        .Where(static moment => moment.Time.Count > 0)
        .ToDictionary(static moment => moment.Moment, static moment => moment.Time.Percentile(0.5) / Stopwatch.Frequency);

    /// <inheritdoc/>
    public void Dispose()
    {
        _sequence.Cancel();
        _model.Engine.RunUntilIdle();
    }

    private void Step(CancellationToken cancellation, KernelTuning? tuning = null)
    {
        cancellation.ThrowIfCancellationRequested();
        KernelTuning before = KernelTuning.Current;
        KernelTuning.Current = tuning ?? _model.Options.Tuning;
        try
        {
            _model.Engine.Step();
        }
        finally
        {
            KernelTuning.Current = before;
        }

        _sequence.ThrowIfFailed();
    }
}
