using System.Diagnostics;
using Takt.Engine;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using Takt.Models;

namespace Takt.Evaluation;

/// <summary>Measures how fast an engine reads prompts and generates, on random token ids.</summary>
/// <remarks>
/// What is timed is whole cycles of the engine, as every text goes through them: all four stages, greedy sampling and the ledger
/// included. A prompt's logits are computed at its last position only. Tokenizing and loading are outside, as in llama-bench.
/// </remarks>
/// <param name="engine">Has no other work meanwhile, and room for the tests: <see cref="SpeedTest.Context"/>.</param>
public sealed class SpeedMeter(InferenceEngine engine)
{
    // Any fixed number: the same ids every time.
    private readonly Random _random = new(1);

    /// <summary>Runs a test once uncounted, at no depth, and then as often as asked for.</summary>
    /// <param name="test">The test.</param>
    /// <param name="repetitions">Samples to take; 1 or more.</param>
    /// <param name="progress">Told the number of the repetition that begins; 0 is the uncounted one.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    /// <exception cref="ArgumentException">The engine has no room for the test, or it times a prompt within a chunk.</exception>
    public SpeedResult Measure(SpeedTest test, int repetitions, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        Check(test);
        progress?.Invoke(0);
        Run(test with { Depth = 0 }, cancellation);
        var samples = new double[repetitions];
        for (int i = 0; i < repetitions; i++)
        {
            progress?.Invoke(i + 1);
            samples[i] = test.Tokens / Run(test, cancellation).TotalSeconds;
        }

        return new SpeedResult(test, samples);
    }

    private void Check(SpeedTest test)
    {
        if (test.Prompt > 0 && test.Depth % SpeedTest.PromptChunk != 0)
        {
            throw new ArgumentException(
                $"{test.Name}: prompts are read in chunks of {SpeedTest.PromptChunk} tokens, so the depth before a timed one must be a multiple of that");
        }

        if (test.Context > engine.ContextLength)
            throw new ArgumentException($"{test.Name} takes {test.Context} tokens of context, but there are {engine.ContextLength}");
        int blocks = test.Sequences * ((test.Context + KvCache.BlockTokens - 1) / KvCache.BlockTokens);
        if (blocks > engine.TotalBlocks)
        {
            throw new ArgumentException(
                $"{test.Name} takes {blocks} blocks of the KV cache, but it has {engine.TotalBlocks}: lower the depth or the number of sequences");
        }
    }

    private TimeSpan Run(SpeedTest test, CancellationToken cancellation)
    {
        var sequences = new Sequence[test.Sequences];
        for (int i = 0; i < sequences.Length; i++) sequences[i] = engine.Submit(RequestOf(test));
        try
        {
            // Prompts are read in the order of submission: when the last one is, all sequences generate.
            Sequence last = sequences[^1];
            StepUntil(last, test.Untimed, cancellation);
            long start = Stopwatch.GetTimestamp();
            StepUntil(last, last.Stored + test.Prompt + test.Generated, cancellation);
            return Stopwatch.GetElapsedTime(start);
        }
        finally
        {
            foreach (Sequence sequence in sequences) sequence.Cancel();
            engine.RunUntilIdle();
        }
    }

    private Request RequestOf(SpeedTest test) => new()
    {
        Prompt = [.. Enumerable.Range(0, test.Untimed + test.Prompt).Select(_ => _random.Next(engine.Model.VocabularySize))],
        MaxTokens = test.Generated + test.Lead + 1,
        Sampling = SamplingOptions.Greedy,
    };

    private void StepUntil(Sequence sequence, int stored, CancellationToken cancellation)
    {
        while (sequence.Stored < stored)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Step();
            sequence.ThrowIfFailed();
        }
    }
}
