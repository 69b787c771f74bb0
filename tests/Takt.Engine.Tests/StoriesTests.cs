using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Models;
using Takt.Testing;

namespace Takt.Engine.Tests;

/// <summary>The engine with a real model: TinyStories, 260K parameters.</summary>
public class StoriesTests
{
    private static string Folder => SharedData.Path("models", "stories260K");

    private static void Run(EngineOptions options, Request request, Action<InferenceEngine, Sequence, string[]> check)
    {
        With(options, (engine, vocabulary) =>
        {
            Sequence sequence = engine.Submit(request);
            engine.RunUntilIdle();
            sequence.ThrowIfFailed();
            check(engine, sequence, vocabulary);
        });
    }

    private static void With(EngineOptions options, Action<InferenceEngine, string[]> use)
    {
        using ModelFile file = GgufReader.Open(Path.Combine(Folder, "stories260K.gguf"));
        using var team = new Team(1);
        using Backend backend = Backends.Create(team);
        using var model = new Transformer(file, backend);
        using var engine = new InferenceEngine(model, options);
        use(engine, (string[])file.Metadata["tokenizer.ggml.tokens"]);
    }

    private static Request Greedy(params int[] prompt) =>
        new() { Prompt = prompt, MaxTokens = 256, Sampling = SamplingOptions.Greedy, StopTokens = [1, 2] };

    private static string Text(ReadOnlySpan<int> tokens, string[] vocabulary) =>
        string.Concat(tokens.ToArray().Select(t => vocabulary[t])).Replace("<0x0A>", "\n", StringComparison.Ordinal).Replace('\u2581', ' ');

    [Fact]
    public void It_tells_the_expected_story()
    {
        string expected = File.ReadAllText(Path.Combine(Folder, "expected_greedy.txt"))[..^1];
        Run(new EngineOptions { KvType = KvType.F32 }, Greedy(1), (engine, sequence, vocabulary) =>
        {
            Assert.Equal(expected, Text(sequence.Generated, vocabulary).TrimStart());
            LedgerSnapshot snapshot = engine.Ledger.Snapshot();
            Assert.True(snapshot.MomentTicks >= 0.95 * snapshot.Cycles.Sum, $"{snapshot.MomentTicks} of {snapshot.Cycles.Sum}");
        });
    }

    [Fact]
    public void Chunks_of_the_prompt_change_no_bit()
    {
        int[] story = [];
        Run(new EngineOptions(), Greedy(1), (_, sequence, _) => story = [.. sequence.Tokens.Take(100)]);
        List<float[]> seen = [];
        foreach (int chunk in (int[])[512, 33, 1])
        {
            var logits = new List<float>();
            Request request = Greedy(story) with { MaxTokens = 20, LogitPositions = .., OnLogits = (_, row) => logits.AddRange(row) };
            Run(new EngineOptions { PrefillChunk = chunk }, request, (_, sequence, _) => logits.AddRange(sequence.Tokens.Select(t => (float)t)));
            seen.Add([.. logits]);
        }

        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
    }

    [Fact]
    public void A_batch_changes_no_token()
    {
        int[] story = [];
        Run(new EngineOptions(), Greedy(1), (_, sequence, _) => story = [.. sequence.Tokens]);
        // Each begins at another place of the story, some with sampling.
        Request[] requests =
        [
            .. ((int[])[1, 40, 7, 70, 33, 2, 100, 64]).Select((tokens, i) => Greedy(story[..tokens]) with
            {
                MaxTokens = 40 + i,
                Sampling = i % 2 == 0 ? SamplingOptions.Greedy : new SamplingOptions { Seed = (ulong)i },
            }),
        ];
        var alone = new List<int[]>();
        With(new EngineOptions(), (engine, _) =>
        {
            foreach (Request request in requests)
            {
                Sequence sequence = engine.Submit(request);
                engine.RunUntilIdle();
                alone.Add([.. sequence.Tokens]);
            }
        });
        With(new EngineOptions { MaxSequences = 8, PrefillChunk = 50 }, (engine, _) =>
        {
            Sequence[] sequences = [.. requests.Select(engine.Submit)];
            engine.RunUntilIdle();
            Assert.Equal(alone, sequences.Select(s => s.Tokens.ToArray()));
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Generation_allocates_nothing_per_token(int sequences) => With(new EngineOptions { MaxSequences = sequences }, (engine, _) =>
    {
        for (int i = 0; i < sequences; i++)
            engine.Submit(Greedy(1) with { Sampling = new SamplingOptions { Seed = (ulong)i }, StopTokens = [] });
        for (int i = 0; i < 100; i++) engine.Step();
        long start = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) engine.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
        engine.RunUntilIdle();
    });
}
