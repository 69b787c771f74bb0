using Takt.Clock;
using Takt.Compute;
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
        using ModelFile file = GgufReader.Open(Path.Combine(Folder, "stories260K.gguf"));
        using var team = new Team(1);
        using Backend backend = Backends.Create(team);
        using var model = new Transformer(file, backend);
        using var engine = new InferenceEngine(model, options);
        Sequence sequence = engine.Submit(request);
        engine.RunUntilIdle();
        sequence.ThrowIfFailed();
        check(engine, sequence, (string[])file.Metadata["tokenizer.ggml.tokens"]);
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
    public void Generation_allocates_nothing_per_token()
    {
        long start = 0, allocated = -1;
        int seen = 0;
        Request request = Greedy(1) with
        {
            Sampling = new SamplingOptions { Seed = 1 },
            StopTokens = [],
            OnToken = _ =>
            {
                if (++seen == 100) start = GC.GetAllocatedBytesForCurrentThread();
                if (seen == 200) allocated = GC.GetAllocatedBytesForCurrentThread() - start;
                return true;
            },
        };
        Run(new EngineOptions(), request, (_, _, _) => Assert.Equal(0, allocated));
    }
}
