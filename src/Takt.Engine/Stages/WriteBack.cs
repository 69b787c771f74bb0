using Takt.Clock;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;

namespace Takt.Engine.Stages;

/// <summary>Last stage: samples, stores, publishes, stops and frees.</summary>
internal sealed class WriteBack(Ledger ledger, SequenceQueue queue, int vocabularySize, int context)
{
    private readonly int _read = ledger.Register(Stage.WriteBack, Moment.NoLayer, "read_logits");
    private readonly int _sample = ledger.Register(Stage.WriteBack, Moment.NoLayer, "sample");
    private readonly int _store = ledger.Register(Stage.WriteBack, Moment.NoLayer, "store");
    private readonly int _detokenize = ledger.Register(Stage.WriteBack, Moment.NoLayer, "detokenize");
    private readonly int _publish = ledger.Register(Stage.WriteBack, Moment.NoLayer, "publish");
    private readonly Sampler _sampler = new(vocabularySize);

    /// <summary>Advances every picked sequence; a sequence that fails ends alone.</summary>
    /// <param name="picked">What the cycle did.</param>
    /// <param name="logits">[output rows, vocabulary]; overwritten by sampling.</param>
    /// <param name="probe">The cycle's probe.</param>
    /// <returns>Tokens handed to hosts.</returns>
    public int Run(List<Pick> picked, Span<float> logits, ref CycleProbe probe)
    {
        int output = 0, published = 0;
        foreach (Pick pick in picked)
        {
            Sequence sequence = pick.Sequence;
            int outputs = pick.Outputs;
            int before = sequence.Tokens.Count;
            try
            {
                Advance(pick, logits.Slice(output * vocabularySize, outputs * vocabularySize), ref probe);
            }
            catch (Exception error)
            {
                queue.Retire(sequence, StopReason.Failed, error);
            }

            output += outputs;
            published += sequence.Tokens.Count - before;
        }

        return published;
    }

    private void Advance(Pick pick, Span<float> logits, ref CycleProbe probe)
    {
        (Sequence sequence, int first, int rows) = pick;
        sequence.Stored += rows;
        sequence.EnterCycle(probe.Number, probe.StartTicks);
        for (int position = first; position < first + rows; position++)
        {
            if (!sequence.WantsLogitsAt(position)) continue;
            Span<float> row = logits[..vocabularySize];
            logits = logits[vocabularySize..];
            if (sequence.ReadsAt(position))
            {
                sequence.Request.OnLogits!(position, row);
                probe.Edge(_read);
            }

            if (sequence.SamplesAt(position)) Generate(sequence, row, ref probe);
        }

        if (sequence.Request.MaxTokens == 0 && sequence.Pending == 0) queue.Retire(sequence, StopReason.MaxTokens);
        probe.Edge(_store);
    }

    private void Generate(Sequence sequence, Span<float> logits, ref CycleProbe probe)
    {
        int token = _sampler.Sample(
            logits, sequence.Request.Sampling, sequence.TokenSpan, sequence.Seed, sequence.Generated.Length);
        probe.Edge(_sample, bytes: (long)sizeof(float) * vocabularySize);
        if (sequence.IsStopToken(token))
        {
            queue.Retire(sequence, StopReason.StopToken);
            return;
        }

        sequence.Append(token);
        long before = sequence.Request.Text?.DetokenizeTicks ?? 0;
        bool goOn = sequence.Request.OnToken?.Invoke(token) ?? true;
        if (sequence.Request.Text is { } text) probe.Part(_detokenize, text.DetokenizeTicks - before);
        probe.Edge(_publish);
        StopReason? reason = !goOn ? StopReason.Host
            : sequence.Generated.Length == sequence.Request.MaxTokens ? StopReason.MaxTokens
            : sequence.Stored == context ? StopReason.ContextFull
            : null;
        if (reason is { } stop) queue.Retire(sequence, stop);
    }
}
