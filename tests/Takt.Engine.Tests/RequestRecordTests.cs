using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Engine.Sequences;
using static Takt.Engine.Tests.Requests;

namespace Takt.Engine.Tests;

/// <summary>Where the ledger says a request's time went, and what a predictor is asked.</summary>
public class RequestRecordTests
{
    private static InferenceEngine Make() => new(new FakeModel(), new EngineOptions { PrefillChunk = 50 });

    [Fact]
    public void Its_parts_follow_each_other_and_it_knows_its_cycles()
    {
        using InferenceEngine engine = Make();
        Sequence first = engine.Submit(Ask(100, 3)), second = engine.Submit(Ask(10, 2));
        Assert.Null(first.Record);
        engine.RunUntilIdle();

        IReadOnlyList<RequestRecord> records = engine.Ledger.Snapshot().Requests;
        Assert.Equal([first.Record!, second.Record!], records);
        Assert.Equal([(0L, 0L, 3L, 4), (1L, 4L, 5L, 2)], records.Select(r => (r.Number, r.FirstCycle!.Value, r.LastCycle!.Value, r.Cycles)));
        Assert.Equal([(100, 3, "max_tokens"), (10, 2, "max_tokens")], records.Select(r => (r.PromptTokens, r.GeneratedTokens, r.StopReason)));
        Assert.All(records, r => Assert.Equal(r.TotalTicks, r.QueueTicks + r.PrefillTicks + r.GenerationTicks));
        Assert.All(records, r => Assert.InRange(r.CycleTicks, 1, r.PrefillTicks + r.GenerationTicks + (r.AdmittedTicks!.Value - r.SubmittedTicks)));
        Assert.True(records[1].QueueTicks >= records[0].PrefillTicks + records[0].GenerationTicks);
    }

    [Fact]
    public void Text_work_is_among_the_moments_and_the_requests_parts()
    {
        using InferenceEngine engine = Make();
        var text = new TextTimes { TemplateTicks = 1000, TokenizeTicks = 2000 };
        Request request = Ask(5, 4, _ =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            Thread.SpinWait(50);
            text.DetokenizeTicks += System.Diagnostics.Stopwatch.GetTimestamp() - start;
            return true;
        });
        Sequence sequence = engine.Submit(request with { Text = text });
        engine.RunUntilIdle();

        LedgerSnapshot snapshot = engine.Ledger.Snapshot();
        long Ticks(Stage stage, string op) => snapshot.Moments.Single(m => m.Moment == new Moment(stage, Moment.NoLayer, op)).Time.Sum;
        Assert.Equal((1000, 2000, 3000), (Ticks(Stage.Fetch, "template"), Ticks(Stage.Fetch, "tokenize"), snapshot.OutsideTicks));
        Assert.Equal(text.DetokenizeTicks, Ticks(Stage.WriteBack, "detokenize"));
        RequestRecord record = sequence.Record!;
        Assert.Equal(text.DetokenizeTicks, record.DetokenizeTicks);
        Assert.Equal(3000 + record.QueueTicks + record.PrefillTicks + record.GenerationTicks, record.TotalTicks);
    }

    [Fact]
    public void A_request_that_never_ran_was_in_the_line_all_the_time()
    {
        using InferenceEngine engine = Make();
        Sequence sequence = engine.Submit(Ask(5, 4));
        sequence.Cancel();
        engine.RunUntilIdle();
        RequestRecord record = sequence.Record!;
        Assert.Equal((null, null, null, 0, "cancelled"), (record.AdmittedTicks, record.FirstTokenTicks, record.FirstCycle, record.Cycles, record.StopReason));
        Assert.Equal(record.TotalTicks, record.QueueTicks);
    }

    [Fact]
    public void A_predictor_is_asked_before_each_cycle()
    {
        using InferenceEngine engine = Make();
        engine.Predictor = static (in CycleWork work) => work.PrefillRows > 0 ? new Prediction(work.Rows, 0, 100) : null;
        var told = new List<(int Rows, double Seconds)>();
        engine.Observer = (in CycleWork work, double seconds) => told.Add((work.Rows, seconds));
        engine.Submit(Ask(70, 2));
        engine.RunUntilIdle();
        IReadOnlyList<CycleRecord> cycles = engine.Ledger.Snapshot().Recent;
        Assert.Equal([new Prediction(50, 0, 100), new Prediction(20, 0, 100), null], cycles.Select(c => c.Prediction));
        // And whoever wants to know is told what each took.
        Assert.Equal(cycles.Select(c => (c.Work.Rows, c.WallSeconds)), told);
    }
}
