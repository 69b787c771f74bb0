using System.Diagnostics;
using Takt.Clock.Costs;

namespace Takt.Clock.Tests;

/// <summary>What threads, disturbances and the cycles kept one by one look like in the ledger.</summary>
public unsafe class ThreadTimesTests
{
    private static readonly long _ms = Stopwatch.Frequency / 1000;

    private static void Spin(int milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - start < milliseconds * _ms) Thread.SpinWait(20);
    }

    [Fact]
    public void The_first_thread_is_busy_but_when_it_waits_and_the_others_when_they_work()
    {
        long[] counters = [0, 5 * _ms];
        var ledger = new Ledger();
        int product = ledger.Register(Stage.Execute, 0, "product"), sum = ledger.Register(Stage.Execute, 0, "sum");
        ledger.Watch(counters);
        counters[1] += 100 * _ms; // before the cycle: nobody's
        CycleProbe probe = ledger.Begin();
        Spin(4);
        counters[0] += _ms;
        counters[1] += 3 * _ms;
        probe.Edge(product);
        Spin(2);
        probe.Edge(sum);
        ledger.End(ref probe, default);

        LedgerSnapshot snapshot = ledger.Snapshot();
        MomentTotals first = snapshot.Moments[product], second = snapshot.Moments[sum];
        Assert.Equal(first.Time.Sum - _ms + 3 * _ms, first.BusyTicks);
        Assert.Equal(2 * first.Time.Sum - first.BusyTicks, first.WaitTicks);
        Assert.Equal(2.0 * Math.Max(first.Time.Sum - _ms, 3 * _ms) / first.BusyTicks, first.Imbalance, 1e-9);
        Assert.Equal((second.Time.Sum, second.Time.Sum, 0.5, 2.0), (second.BusyTicks, second.WaitTicks, second.WaitShare, second.Imbalance));
        Assert.Equal([first.Time.Sum - _ms + second.Time.Sum, 3 * _ms], snapshot.BusyTicks);
        Assert.Equal(snapshot.BusyTicks, snapshot.Recent[0].BusyTicks);
        Assert.Throws<InvalidOperationException>(() => ledger.Watch(counters));
    }

    [Fact]
    public void A_part_is_taken_out_of_the_running_moment()
    {
        var ledger = new Ledger();
        int publish = ledger.Register(Stage.WriteBack, Moment.NoLayer, "publish"), text = ledger.Register(Stage.WriteBack, Moment.NoLayer, "text");
        CycleProbe probe = ledger.Begin();
        Spin(3);
        probe.Part(text, 2 * _ms);
        probe.Edge(publish);
        ledger.End(ref probe, default);

        LedgerSnapshot snapshot = ledger.Snapshot();
        Assert.Equal(2 * _ms, snapshot.Moments[text].Time.Sum);
        Assert.True(snapshot.Moments[publish].Time.Sum >= _ms);
        Assert.Equal(snapshot.MomentTicks, snapshot.Moments.Sum(m => m.Time.Sum));
        Assert.True(snapshot.MomentTicks <= snapshot.Cycles.Sum);
    }

    [Fact]
    public void Traces_are_of_the_last_cycles_whose_stamps_are_kept()
    {
        var ledger = new Ledger(recentCycles: 100, keptStamps: 10);
        int a = ledger.Register(Stage.Execute, 0, "a"), b = ledger.Register(Stage.Execute, 1, "b");
        ledger.Watch(new long[3]);
        for (int i = 0; i < 40; i++)
        {
            CycleProbe probe = ledger.Begin();
            probe.Edge(a, i);
            probe.Edge(b);
            probe.Edge(a, flops: i);
            ledger.End(ref probe, default);
        }

        IReadOnlyList<CycleTrace> traces = ledger.Trace();
        Assert.Equal([37, 38, 39], traces.Select(trace => trace.Cycle.Number));
        Assert.Equal(40, ledger.Snapshot().Recent.Count);
        foreach ((CycleRecord cycle, IReadOnlyList<MomentSpan> moments) in traces)
        {
            Assert.Equal(["a", "b", "a"], moments.Select(m => m.Moment.Op));
            Assert.Equal((cycle.Number, 0, cycle.Number), (moments[0].Bytes, moments[1].Bytes, moments[2].Flops));
            Assert.Equal(cycle.StartTicks, moments[0].StartTicks);
            for (int i = 1; i < 3; i++) Assert.Equal(moments[i - 1].StartTicks + moments[i - 1].Ticks, moments[i].StartTicks);
            Assert.Equal(cycle.MomentTicks, moments.Sum(m => m.Ticks));
            Assert.All(moments, m => Assert.Equal([(int)m.Ticks, 0, 0], m.BusyTicks.ToArray()));
        }
    }

    [Fact]
    public void Predictions_and_tokens_are_kept_with_their_cycle()
    {
        var ledger = new Ledger();
        CycleProbe probe = ledger.Begin();
        ledger.End(ref probe, default, tokensPublished: 3, prediction: new Prediction(0.25, 0.2, 0.3));
        probe = ledger.Begin();
        ledger.End(ref probe, default, tokensPublished: 2);
        LedgerSnapshot snapshot = ledger.Snapshot();
        Assert.Equal([(3, new Prediction(0.25, 0.2, 0.3)), (2, (Prediction?)null)], snapshot.Recent.Select(c => (c.TokensPublished, c.Prediction)));
        Assert.Equal(5, snapshot.TokensPublished);
    }

    [Fact]
    public void What_disturbs_a_cycle_is_told_with_it()
    {
        var ledger = new Ledger();
        CycleProbe probe = ledger.Begin();
        GC.Collect();
        const int Pages = 1000, PageBytes = 4096;
        byte* memory = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(Pages * PageBytes);
        for (int page = 0; page < Pages; page++) memory[page * PageBytes] = 1;
        System.Runtime.InteropServices.NativeMemory.Free(memory);
        ledger.End(ref probe, default);

        Disturbances disturbed = ledger.Snapshot().Recent[0].Disturbances;
        Assert.True(disturbed.Collections >= 1 && disturbed.CollectionPauseTicks > 0);
        Assert.True(disturbed.Causes.HasFlag(DisturbanceCauses.GarbageCollection));
        if (Disturbances.SystemCounts) Assert.True(disturbed.PageFaults > 0 && disturbed.Causes.HasFlag(DisturbanceCauses.PageFaults));
        else Assert.Null(disturbed.PageFaults);
        Assert.Equal(disturbed, ledger.Snapshot().Disturbances);
    }

    [Fact]
    public void An_outlier_is_one_among_its_like()
    {
        var like = new LikeCycles();
        var generation = new CycleWork(0, 1, 1, 1, 100, 100);
        for (int i = 0; i < 16; i++) Assert.Equal((null, false), like.Judge(generation, 1000 + i % 4));
        Assert.Equal((1002L, false), like.Judge(generation, 1050));
        Assert.Equal((1002L, true), like.Judge(generation, 2000));
        Assert.Equal((null, false), like.Judge(new CycleWork(64, 0, 1, 0, 64, 2080), 2000)); // another kind
        for (int i = 0; i < 40; i++) like.Judge(generation, 2000);
        Assert.Equal((2000L, false), like.Judge(generation, 2001)); // the machine has become slower: that is typical now
    }
}
