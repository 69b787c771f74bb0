using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Engine;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;

namespace Takt.Evaluation;

/// <summary>Runs cycles of a wanted make-up, as one after the other in a text, and takes them from the ledger: what a cost model learns from and is checked against.</summary>
/// <param name="engine">Has no other work meanwhile, and room for the shapes.</param>
public sealed class CycleMeter(InferenceEngine engine)
{
    // Any fixed number: the same ids every time.
    private readonly Random _random = new(1);

    /// <summary>Cycles of a prompt from its beginning, or of sequences that generate at one length.</summary>
    /// <param name="shape">The first sequence says which, and how long.</param>
    /// <param name="repeats">How many cycles.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<CycleRecord> Measure(CycleShape shape, int repeats, CancellationToken cancellation = default) =>
        shape.Sequences is [{ FirstPosition: 0 } prompt]
            ? Prefill(prompt.Rows, repeats, cancellation)
            : Generation(shape.Sequences.Count, Math.Max(shape.Sequences[0].FirstPosition, repeats / 2 + 1), repeats, cancellation);

    /// <summary>Cycles with a prompt's rows, each of a prompt of its own; one before them warms up.</summary>
    /// <param name="rows">Rows, no more than a cycle takes.</param>
    /// <param name="repeats">How many.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<CycleRecord> Prefill(int rows, int repeats, CancellationToken cancellation = default)
    {
        IReadOnlyList<CycleRecord[]> prompts = Prompts(rows, repeats, cancellation);
        return prompts.FirstOrDefault(static cycles => cycles.Length > 1) is { } several
            ? throw new InvalidOperationException($"a prompt of {rows} rows took {several.Length} cycles; ask for fewer rows")
            : [.. prompts.Select(static cycles => cycles[0])];
    }

    /// <summary>The cycles of each of some prompts, in as many as it takes to read them; one prompt before them warms up.</summary>
    /// <param name="tokens">Tokens of a prompt.</param>
    /// <param name="repeats">How many prompts.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<CycleRecord[]> Prompts(int tokens, int repeats, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        int cycles = 0;
        for (int i = 0; i <= repeats; i++)
        {
            Sequence sequence = engine.Submit(Request(tokens, 1));
            try
            {
                for (cycles = 0; sequence.Stored < tokens; cycles++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    engine.Step();
                    sequence.ThrowIfFailed();
                }
            }
            finally
            {
                sequence.Cancel();
                engine.RunUntilIdle();
            }
        }

        CycleRecord[] last = Last(repeats * cycles, static work => work.PrefillRows > 0 && work.GenerationRows == 0);
        if (last.Length < cycles)
            throw new InvalidOperationException($"A prompt of {tokens} tokens takes {cycles} cycles; the ledger keeps the last {last.Length}.");
        // Of many long prompts the ledger has not kept the first ones.
        return [.. last.Skip(last.Length % cycles).Chunk(cycles)];
    }

    /// <summary>Consecutive cycles in which sequences generate; the middle one has the wanted length.</summary>
    /// <param name="sequences">How many sequences.</param>
    /// <param name="stored">Tokens that each has stored in the middle of the run; more than half of <paramref name="repeats"/>.</param>
    /// <param name="repeats">How many cycles.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public IReadOnlyList<CycleRecord> Generation(int sequences, int stored, int repeats, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stored, repeats / 2 + 1);
        int prompt = Math.Max(1, stored - repeats / 2 - sequences);
        Sequence[] running = [.. Enumerable.Range(0, sequences).Select(_ => engine.Submit(Request(prompt, 2 * repeats + 8 * sequences)))];
        try
        {
            while (running.Any(sequence => sequence.Stored < stored - repeats / 2)) Step();
            for (int i = 0; i < repeats; i++) Step();
            return Last(repeats, work => work.PrefillRows == 0 && work.GenerationRows == sequences);
        }
        finally
        {
            foreach (Sequence sequence in running) sequence.Cancel();
            engine.RunUntilIdle();
        }

        void Step()
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Step();
            foreach (Sequence sequence in running) sequence.ThrowIfFailed();
        }
    }

    // Read when all have run: a snapshot between two cycles would drive the weights out of the caches and let the threads fall asleep.
    private CycleRecord[] Last(int count, Predicate<CycleWork> wanted)
    {
        CycleRecord[] last = [.. engine.Ledger.Snapshot().Recent.TakeLast(count)];
        return last.FirstOrDefault(cycle => !wanted(cycle.Work)) is { } other
            ? throw new InvalidOperationException($"a cycle was {other.Work}; the engine has other work, or takes fewer rows a cycle")
            : last;
    }

    private Request Request(int prompt, int tokens) => new()
    {
        Prompt = [.. Enumerable.Range(0, prompt).Select(_ => _random.Next(engine.Model.VocabularySize))],
        MaxTokens = tokens,
        Sampling = SamplingOptions.Greedy,
    };
}
