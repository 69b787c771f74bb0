using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Engine;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;

namespace Takt.Evaluation;

/// <summary>Runs cycles of a wanted make-up and takes their time: what a cost model learns from and is checked against.</summary>
/// <param name="engine">Has no other work meanwhile, and room for the shapes.</param>
public sealed class CycleMeter(InferenceEngine engine)
{
    // Any fixed number: the same ids every time.
    private readonly Random _random = new(1);

    /// <summary>Wall times of cycles with a prompt's rows, each of a prompt of its own.</summary>
    /// <param name="rows">Rows, no more than a cycle takes.</param>
    /// <param name="repeats">How many.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<double> Prefill(int rows, int repeats, CancellationToken cancellation = default)
    {
        var seconds = new List<double>(repeats);
        // The first one warms up.
        for (int i = 0; i <= repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Sequence sequence = engine.Submit(Request(rows, 1));
            engine.Step();
            if (i > 0) seconds.Add(LastSeconds(work => work.PrefillRows == rows && work.GenerationRows == 0));
            sequence.Cancel();
            engine.RunUntilIdle();
            sequence.ThrowIfFailed();
        }

        return seconds;
    }

    /// <summary>Wall times of consecutive cycles in which sequences generate; their middle has the wanted length.</summary>
    /// <param name="sequences">How many sequences.</param>
    /// <param name="stored">Tokens that each has stored in the middle of the run; at least half of <paramref name="repeats"/>.</param>
    /// <param name="repeats">How many cycles.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<double> Generation(int sequences, int stored, int repeats, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stored, repeats / 2 + 1);
        int prompt = Math.Max(1, stored - repeats / 2 - sequences);
        Sequence[] running = [.. Enumerable.Range(0, sequences).Select(_ => engine.Submit(Request(prompt, 2 * repeats + 8 * sequences)))];
        try
        {
            while (running.Any(sequence => sequence.Stored < stored - repeats / 2))
            {
                cancellation.ThrowIfCancellationRequested();
                engine.Step();
                foreach (Sequence sequence in running) sequence.ThrowIfFailed();
            }

            var seconds = new List<double>(repeats);
            for (int i = 0; i < repeats; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                engine.Step();
                seconds.Add(LastSeconds(work => work.PrefillRows == 0 && work.GenerationRows == sequences));
            }

            return seconds;
        }
        finally
        {
            foreach (Sequence sequence in running) sequence.Cancel();
            engine.RunUntilIdle();
        }
    }

    private double LastSeconds(Predicate<CycleWork> wanted)
    {
        CycleRecord last = engine.Ledger.Snapshot().Recent[^1];
        return wanted(last.Work)
            ? last.WallSeconds
            : throw new InvalidOperationException($"the cycle was {last.Work}; the engine has other work, or takes fewer rows a cycle");
    }

    private Request Request(int prompt, int tokens) => new()
    {
        Prompt = [.. Enumerable.Range(0, prompt).Select(_ => _random.Next(engine.Model.VocabularySize))],
        MaxTokens = tokens,
        Sampling = SamplingOptions.Greedy,
    };
}
