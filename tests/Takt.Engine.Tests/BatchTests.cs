using Takt.Clock;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using static Takt.Engine.Tests.Requests;

namespace Takt.Engine.Tests;

/// <summary>Many sequences in one cycle: none of them notices the others.</summary>
public class BatchTests
{
    // Lengths across block and chunk borders, greedy and sampled with seeds and penalties.
    private static Request[] Mixed =>
    [
        Ask(40, 30),
        Ask(3, 60) with { Sampling = new SamplingOptions { Seed = 1, Temperature = 1 } },
        Ask(3, 60) with { Sampling = new SamplingOptions { Seed = 2, Temperature = 1 } },
        Ask(100, 1),
        Ask(32, 33),
        Ask(1, null),
        Ask(65, 20) with { Sampling = new SamplingOptions { Seed = 3, RepetitionPenalty = 1.3f, TopP = 0.9f } },
        Ask(7, 0),
        Ask(31, 50),
        Ask(150, 40),
    ];

    private static int[] Alone(Request request)
    {
        using InferenceEngine engine = Make(new FakeModel());
        Sequence sequence = engine.Submit(request);
        engine.RunUntilIdle();
        return [.. sequence.Tokens];
    }

    private static void AssertAsAlone(IEnumerable<Sequence> sequences) =>
        Assert.All(sequences, s => Assert.Equal(Alone(s.Request with { OnToken = null, OnLogits = null }), s.Tokens));

    [Theory]
    [InlineData(2, 512, null)]
    [InlineData(8, 512, null)]
    [InlineData(16, 33, null)]
    [InlineData(16, 1, null)]
    [InlineData(8, 512, 256)] // a cache too small for all
    public void Each_gets_exactly_the_tokens_it_gets_alone(int together, int chunk, int? cache)
    {
        using InferenceEngine engine = Make(new FakeModel(), chunk, cache, sequences: together);
        Sequence[] sequences = [.. Mixed.Select(engine.Submit)];
        engine.RunUntilIdle();
        AssertAsAlone(sequences);
        Assert.All(sequences, s => Assert.Equal(s.Request.MaxTokens is null ? StopReason.ContextFull : StopReason.MaxTokens, s.StopReason));
        Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
    }

    [Fact]
    public void Generation_and_prompts_share_a_cycle()
    {
        var model = new FakeModel();
        using InferenceEngine engine = Make(model, chunk: 50, sequences: 4);
        Sequence[] sequences = [.. ((int[])[10, 20, 100, 30]).Select(n => engine.Submit(Ask(n, 10)))];
        engine.RunUntilIdle();
        // 10 + 20 + 20 of 100; two that generate beside the next 50; beside the last 30 and 20 of 30; three beside the last 10; all.
        Assert.Equal([50, 52, 52, 13, 4], model.Batches.Take(5));
        Assert.Equal([2, 2, 3, 4, 4], model.Outputs.Take(5));
        Assert.Equal(
            [(new CycleWork(50, 0, 3, 2, 50, 55 + 210 + 210), 2), (new CycleWork(50, 2, 3, 2, 102, 11 + 21 + 70 * 71 / 2 - 210), 2)],
            engine.Ledger.Snapshot().Recent.Take(2).Select(c => (c.Work, c.TokensPublished)));
        AssertAsAlone(sequences);
    }

    [Fact]
    public void A_long_prompt_holds_up_nobody_who_generates()
    {
        using InferenceEngine engine = Make(new FakeModel(), chunk: 10, sequences: 2);
        Sequence first = engine.Submit(Ask(180, 5)), second = engine.Submit(Ask(5, 15));
        while (second.StopReason is null) engine.Step();
        Assert.Equal(StopReason.MaxTokens, second.StopReason);
        engine.RunUntilIdle();
        AssertAsAlone([first, second]);

        // The other way round the prompt takes its chunks while the first one generates.
        first = engine.Submit(Ask(5, 15));
        second = engine.Submit(Ask(180, 5));
        engine.RunUntilIdle();
        Assert.Equal(15, first.Cycles);
        AssertAsAlone([first, second]);
    }

    [Fact]
    public void No_more_run_together_than_asked_for()
    {
        var model = new FakeModel();
        int most = 0;
        model.OnForward = batch => most = Math.Max(most, batch.Slices.Count);
        using InferenceEngine engine = Make(model, sequences: 3);
        for (int i = 0; i < 7; i++) engine.Submit(Ask(5, 5 + i));
        engine.RunUntilIdle();
        Assert.Equal(3, most);
    }

    [Fact]
    public void Who_waits_for_cache_starts_in_the_order_of_submission()
    {
        using InferenceEngine engine = Make(new FakeModel(), cache: 128, sequences: 4);
        // 3 blocks, 2 blocks, 1 block: the last one fits beside the first, but does not overtake the second.
        Sequence[] sequences = [.. (((int, int)[])[(60, 10), (40, 10), (5, 5)]).Select(r => engine.Submit(Ask(r.Item1, r.Item2)))];
        engine.Step();
        Assert.Equal([1, 0, 0], sequences.Select(s => s.Cycles));
        Assert.Equal(1, engine.FreeBlocks);
        while (sequences[0].StopReason is null) engine.Step();
        engine.Step();
        Assert.Equal([1, 1], sequences[1..].Select(s => s.Cycles));
        engine.RunUntilIdle();
        AssertAsAlone(sequences);
    }

    [Fact]
    public void Cancelling_one_leaves_the_others_alone()
    {
        using InferenceEngine engine = Make(new FakeModel(), sequences: 8);
        int seen = 0;
        Sequence? victim = null;
        Sequence watcher = engine.Submit(Ask(10, 40, _ => { if (++seen == 7) victim!.Cancel(); return true; }));
        victim = engine.Submit(Ask(20, 100));
        Sequence[] others = [watcher, .. Mixed.Select(engine.Submit)];
        engine.RunUntilIdle();
        Assert.Equal((StopReason.Cancelled, 7), (victim.StopReason!.Value, victim.Generated.Length));
        Assert.Equal(Alone(Ask(20, 100))[..27], victim.Tokens);
        AssertAsAlone(others);
        Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
    }

    [Fact]
    public void A_failing_callback_or_sampler_ends_only_its_sequence()
    {
        var model = new FakeModel();
        model.Spoil = (position, logits) => { if (position == 63) logits[13] = float.NaN; }; // of the batch's first sequence
        using InferenceEngine engine = Make(model, sequences: 8);
        Sequence bySampler = engine.Submit(Ask(60, 30)), first = engine.Submit(Ask(10, 30));
        Sequence byCallback = engine.Submit(Ask(3, 30, _ => throw new IOException("pipe closed")));
        Sequence byReader = engine.Submit(Ask(9, 30) with { OnLogits = (_, _) => throw new IOException("disk full") });
        Sequence last = engine.Submit(Ask(11, 40));
        engine.RunUntilIdle();
        Assert.All((Sequence[])[bySampler, byCallback, byReader], s => Assert.Equal(StopReason.Failed, s.StopReason));
        Assert.Equal("disk full", byReader.Error!.Message);
        AssertAsAlone([first, last]);
        Assert.Equal(Alone(Ask(60, 4)), bySampler.Tokens);
    }

    [Fact]
    public void A_failing_model_ends_the_batch_and_the_rest_runs()
    {
        var model = new FakeModel();
        model.OnForward = batch => { if (batch.Tokens.Count == 22) throw new InvalidDataException("broken weights"); };
        using InferenceEngine engine = Make(model, sequences: 2);
        Sequence[] sequences = [.. ((int[])[10, 12, 3, 4]).Select(n => engine.Submit(Ask(n, 10)))];
        engine.RunUntilIdle();
        Assert.All(sequences[..2], s => Assert.Equal(StopReason.Failed, s.StopReason));
        AssertAsAlone(sequences[2..]);
        Assert.Equal(engine.TotalBlocks, engine.FreeBlocks);
    }

    [Fact]
    public void Logits_are_read_of_each_sequence_in_order()
    {
        using InferenceEngine engine = Make(new FakeModel(), chunk: 64, sequences: 4);
        var positions = new List<int>[3];
        Sequence[] sequences = [.. ((Range[])[Range.All, ^1.., 20..30]).Select((range, i) => engine.Submit(Ask(50 + i, i) with
        {
            Prompt = [.. Prompt(50 + i).Select(id => (id + i) % 97)],
            LogitPositions = range,
            OnLogits = (position, logits) =>
            {
                float[] expected = new float[97];
                FakeModel.Logits([.. Prompt(position + 1).Select(id => (id + i) % 97)], expected);
                Assert.Equal(expected, logits.ToArray());
                (positions[i] ??= []).Add(position);
            },
        }))];
        engine.RunUntilIdle();
        AssertAsAlone(sequences);
        Assert.All(sequences, s => Assert.Null(s.Error));
        Assert.Equal([Enumerable.Range(0, 50), [50], Enumerable.Range(20, 10)], positions);
    }

    [Fact]
    public void Hosts_that_read_all_logits_share_the_room_for_them()
    {
        // 83 rows of this vocabulary are 64 MiB.
        var model = new FakeModel(vocabulary: 200_000, context: 200);
        using InferenceEngine engine = Make(model, sequences: 3);
        Request all = Ask(60, 0) with { LogitPositions = .., OnLogits = (_, _) => { } };
        foreach (Request request in (Request[])[all, all, Ask(100, 0)]) engine.Submit(request);
        engine.RunUntilIdle();
        Assert.Equal([183, 37], model.Batches);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Generation_allocates_nothing_per_token(int sequences)
    {
        using InferenceEngine engine = Make(new FakeModel(context: 400), sequences: sequences);
        for (int i = 0; i < sequences; i++)
            engine.Submit(Ask(5 + i, 300) with { Sampling = new SamplingOptions { Seed = (ulong)i, RepetitionPenalty = 1.1f } });
        for (int i = 0; i < 100; i++) engine.Step();
        long start = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) engine.Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
        engine.RunUntilIdle();
    }
}
