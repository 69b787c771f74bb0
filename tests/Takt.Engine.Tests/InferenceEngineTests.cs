using Takt.Clock;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using Takt.Models;
using static Takt.Engine.Tests.Requests;

namespace Takt.Engine.Tests;

public class InferenceEngineTests
{
    private static List<int> GreedyByHand(int[] prompt, int tokens)
    {
        List<int> all = [.. prompt];
        float[] logits = new float[97];
        for (int i = 0; i < tokens; i++)
        {
            FakeModel.Logits(all.ToArray(), logits);
            all.Add(Array.IndexOf(logits, logits.Max()));
        }

        return all;
    }

    private static Sequence Run(InferenceEngine engine, Request request)
    {
        Sequence sequence = engine.Submit(request);
        engine.RunUntilIdle();
        sequence.ThrowIfFailed();
        return sequence;
    }

    [Theory]
    [InlineData(1, 512)]
    [InlineData(32, 512)]
    [InlineData(33, 1)]
    [InlineData(100, 7)]
    [InlineData(100, 32)]
    public void Greedy_tokens_are_those_of_the_model_however_the_prompt_is_chunked(int prompt, int chunk)
    {
        var model = new FakeModel();
        using InferenceEngine engine = Make(model, chunk);
        List<int> published = [];
        Sequence sequence = Run(engine, Ask(prompt, 50, token => { published.Add(token); return true; }));

        List<int> expected = GreedyByHand(Prompt(prompt), 50);
        Assert.Equal(expected, sequence.Tokens);
        Assert.Equal(expected[prompt..], published);
        Assert.Equal(expected[prompt..], sequence.Generated.ToArray());
        Assert.Equal(StopReason.MaxTokens, sequence.StopReason);
        Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
        int prefills = (prompt + chunk - 1) / chunk;
        Assert.Equal(prefills + 49, sequence.Cycles);
        Assert.Equal(model.Batches.Take(prefills).Sum(), prompt);
        Assert.All(model.Batches.Skip(prefills), rows => Assert.Equal(1, rows));
        Assert.Equal(50, model.Outputs.Sum()); // no logits but those that are sampled
    }

    [Fact]
    public void Requests_wait_in_line_and_do_not_disturb_each_other()
    {
        using InferenceEngine engine = Make(new FakeModel());
        Sequence[] sequences = [.. ((int[])[5, 40, 3]).Select(n => engine.Submit(Ask(n, 20)))];
        Assert.True(engine.Step());
        Assert.Single(sequences[0].Generated.ToArray());
        Assert.Empty(sequences[1].Generated.ToArray());
        engine.RunUntilIdle();
        Assert.All(sequences, s => Assert.Equal(GreedyByHand(Prompt(s.Request.Prompt.Count), 20), s.Tokens));
        Assert.False(engine.Step());
    }

    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_gives_others()
    {
        using InferenceEngine engine = Make(new FakeModel());
        int[] With(ulong? seed) => Run(engine, Ask(5, 50) with { Sampling = new SamplingOptions { Temperature = 1, Seed = seed } }).Generated.ToArray();
        Assert.Equal(With(1), With(1));
        Assert.NotEqual(With(1), With(2));
        Assert.NotEqual(With(null), With(null));
        Sequence random = Run(engine, Ask(5, 50) with { Sampling = new SamplingOptions { Temperature = 1 } });
        Assert.Equal(random.Generated.ToArray(), With(random.Seed));
    }

    [Fact]
    public void A_stop_token_ends_it_and_is_not_published()
    {
        List<int> expected = GreedyByHand(Prompt(5), 10);
        using InferenceEngine engine = Make(new FakeModel());
        Sequence sequence = Run(engine, Ask(5, 10) with { StopTokens = [expected[9], 96_000] });
        Assert.Equal(StopReason.StopToken, sequence.StopReason);
        Assert.Equal(expected[..9], sequence.Tokens);
    }

    [Fact]
    public void The_host_ends_it_by_returning_false()
    {
        using InferenceEngine engine = Make(new FakeModel());
        int seen = 0;
        Sequence sequence = Run(engine, Ask(5, 10, _ => ++seen < 3));
        Assert.Equal((StopReason.Host, 3), (sequence.StopReason!.Value, sequence.Generated.Length));
    }

    [Theory]
    [InlineData(null, 64)] // the model's context
    [InlineData(40, 40)]
    public void It_ends_when_the_context_is_full(int? asked, int context)
    {
        using InferenceEngine engine = Make(new FakeModel(context: 64), context: asked);
        Sequence sequence = Run(engine, Ask(10, null));
        Assert.Equal(StopReason.ContextFull, sequence.StopReason);
        // The last token is sampled from the last position and is never stored itself.
        Assert.Equal((context, context + 1), (sequence.Stored, sequence.Tokens.Count));
        Assert.Equal(GreedyByHand(Prompt(10), context - 9), sequence.Tokens);
    }

    [Fact]
    public void It_ends_when_the_cache_is_full()
    {
        using InferenceEngine engine = Make(new FakeModel(), cache: 64);
        Sequence sequence = Run(engine, Ask(10, null));
        Assert.Equal((StopReason.ContextFull, 64, 65), (sequence.StopReason!.Value, sequence.Stored, sequence.Tokens.Count));
        Assert.Equal(2, engine.FreeBlocks);
    }

    [Fact]
    public void The_host_may_change_its_prompt_later()
    {
        using InferenceEngine engine = Make(new FakeModel());
        List<int> ids = [.. Prompt(3)];
        Request request = Ask(3, 4) with { Prompt = ids, OnToken = token => { ids.Add(token); return true; } };
        Assert.Equal(GreedyByHand(Prompt(3), 4), Run(engine, request).Tokens);
    }

    [Fact]
    public void A_prompt_may_fill_the_context()
    {
        using InferenceEngine engine = Make(new FakeModel(context: 64));
        Assert.Equal(StopReason.ContextFull, Run(engine, Ask(64, 5)).StopReason);
    }

    [Fact]
    public async Task Cancelling_frees_its_blocks_in_the_next_cycle()
    {
        using InferenceEngine engine = Make(new FakeModel());
        Sequence running = engine.Submit(Ask(100, 29)), waiting = engine.Submit(Ask(3, 5)), last = engine.Submit(Ask(3, 5));
        engine.Step();
        Assert.Equal(engine.TotalBlocks - 4, engine.FreeBlocks);
        running.Cancel();
        waiting.Cancel();
        engine.Step();
        Assert.Equal(StopReason.Cancelled, await running.Completion);
        Assert.Equal(StopReason.Cancelled, await waiting.Completion);
        Assert.Equal(engine.TotalBlocks - 1, engine.FreeBlocks); // the third one took the place in the same cycle
        engine.RunUntilIdle();
        Assert.Equal(StopReason.MaxTokens, last.StopReason);
        last.Cancel();
        Assert.Equal(StopReason.MaxTokens, last.StopReason);
    }

    [Fact]
    public void Logits_of_any_positions_can_be_read()
    {
        foreach ((Range range, int begin, int end) in ((Range, int, int)[])[(.., 0, 50), (^1.., 49, 50), (20..30, 20, 30), (0..0, 0, 0)])
        {
            foreach (int? tokens in (int?[])[0, 3])
            {
                var model = new FakeModel();
                using InferenceEngine engine = Make(model, chunk: 16);
                List<int> positions = [];
                Sequence sequence = Run(engine, Ask(50, tokens) with
                {
                    LogitPositions = range,
                    OnLogits = (position, logits) =>
                    {
                        float[] expected = new float[97];
                        FakeModel.Logits(Prompt(position + 1), expected);
                        Assert.Equal(expected, logits.ToArray());
                        positions.Add(position);
                    },
                });
                Assert.Equal(Enumerable.Range(begin, end - begin), positions);
                Assert.Equal(GreedyByHand(Prompt(50), tokens!.Value), sequence.Tokens);
                Assert.Equal(StopReason.MaxTokens, sequence.StopReason);
                Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
                Assert.Equal(model.Outputs.Sum(), positions.Union(tokens > 0 ? [49, 50, 51] : []).Count());
            }
        }
    }

    [Fact]
    public void Reading_all_logits_of_a_large_vocabulary_takes_smaller_chunks()
    {
        var model = new FakeModel(vocabulary: 200_000, context: 200);
        using InferenceEngine engine = Make(model);
        Run(engine, Ask(200, 0) with { LogitPositions = .., OnLogits = (_, _) => { } });
        Assert.Equal([83, 83, 34], model.Batches);

        model.Batches.Clear();
        Run(engine, Ask(200, 0) with { OnLogits = (_, _) => { } });
        Run(engine, Ask(200, 0) with { LogitPositions = 100..190, OnLogits = (_, _) => { } });
        Assert.Equal([200, 183, 17], model.Batches);
    }

    [Fact]
    public void A_failing_model_sampler_or_callback_ends_only_that_sequence()
    {
        var model = new FakeModel();
        using InferenceEngine engine = Make(model);
        model.OnForward = batch => { if (batch.Tokens.Count == 9) throw new InvalidDataException("broken weights"); };
        model.Spoil = (position, logits) => { if (position == 20) logits[13] = float.NaN; };

        Sequence byModel = engine.Submit(Ask(9, 5)), bySampler = engine.Submit(Ask(19, 5)), good = engine.Submit(Ask(3, 5));
        Sequence byCallback = engine.Submit(Ask(3, 5, _ => throw new IOException("pipe closed")));
        engine.RunUntilIdle();

        Assert.All((Sequence[])[byModel, bySampler, byCallback], s => Assert.Equal(StopReason.Failed, s.StopReason));
        Assert.Contains("broken weights", byModel.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("token 13 is NaN", bySampler.Error!.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(byCallback.Error);
        Assert.Equal(StopReason.MaxTokens, good.StopReason);
        Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
        var error = Assert.Throws<InvalidOperationException>(byCallback.ThrowIfFailed);
        Assert.Contains("pipe closed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generation_allocates_nothing_per_token()
    {
        long start = 0, allocated = -1;
        int seen = 0;
        using InferenceEngine engine = Make(new FakeModel(context: 400));
        var sampling = new SamplingOptions
        {
            RepetitionPenalty = 1.1f,
            FrequencyPenalty = 0.1f,
            PresencePenalty = 0.1f,
            TypicalP = 0.9f,
            LogitBias = [new(3, -1)],
        };
        Sequence sequence = Run(engine, Ask(5, 300, _ =>
        {
            if (++seen == 100) start = GC.GetAllocatedBytesForCurrentThread();
            if (seen == 200) allocated = GC.GetAllocatedBytesForCurrentThread() - start;
            return true;
        }) with
        { Sampling = sampling });
        Assert.Equal(StopReason.MaxTokens, sequence.StopReason);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Every_stage_is_in_the_ledger_and_explains_the_cycles()
    {
        using InferenceEngine engine = Make(new FakeModel(), chunk: 64);
        Sequence sequence = Run(engine, Ask(100, 10));

        LedgerSnapshot snapshot = engine.Ledger.Snapshot();
        Assert.Equal(sequence.Cycles, snapshot.Cycles.Count);
        Assert.Equal(
            ["admit", "choose", "batch", "mix", "head", "sample", "store", "publish"],
            snapshot.Moments.Where(m => m.Time.Count > 0).OrderBy(m => m.Moment.Stage).Select(m => m.Moment.Op));
        Assert.True(snapshot.MomentTicks >= 0.95 * snapshot.Cycles.Sum, $"{snapshot.MomentTicks} of {snapshot.Cycles.Sum}");
        Assert.Equal(
            [(new CycleWork(64, 0, 1, 0, 64, 64 * 65 / 2), 0), (new CycleWork(36, 0, 1, 1, 100, 36 * 165 / 2), 1), (new CycleWork(0, 1, 1, 1, 101, 101), 1)],
            snapshot.Recent.Take(3).Select(c => (c.Work, c.TokensPublished)));
        Assert.True(sequence.TimeToFirstToken > TimeSpan.Zero && sequence.TimeToFirstToken <= sequence.Duration);
    }

    [Fact]
    public void Requests_may_come_from_many_threads_while_it_runs()
    {
        using InferenceEngine engine = Make(new FakeModel());
        Task<Sequence>[] senders = [.. Enumerable.Range(1, 8).Select(n => Task.Run(() => engine.Submit(Ask(n, 4))))];
        Task all = Task.WhenAll(senders.Select(async sender => await (await sender).Completion));
        while (!all.IsCompleted) engine.Step();
        Assert.All(senders, s => Assert.Equal(GreedyByHand(Prompt(s.Result.Request.Prompt.Count), 4), s.Result.Tokens));
    }

    [Fact]
    public void Stepping_from_a_callback_is_refused()
    {
        using InferenceEngine engine = Make(new FakeModel());
        Sequence sequence = engine.Submit(Ask(3, 3, _ => engine.Step()));
        engine.RunUntilIdle();
        Assert.Contains("not from a callback", sequence.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposing_cancels_what_is_left()
    {
        InferenceEngine engine = Make(new FakeModel());
        Sequence running = engine.Submit(Ask(3, null)), waiting = engine.Submit(Ask(3, null));
        engine.Step();
        Sequence late = engine.Submit(Ask(3, null));
        engine.Dispose();
        engine.Dispose();
        Assert.All((Sequence[])[running, waiting, late], s => Assert.Equal(StopReason.Cancelled, s.StopReason));
        Assert.Throws<ObjectDisposedException>(() => engine.Submit(Ask(3, 1)));
        Assert.Throws<ObjectDisposedException>(() => engine.Step());
    }
}
