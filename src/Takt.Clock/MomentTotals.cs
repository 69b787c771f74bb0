using System.Diagnostics;

namespace Takt.Clock;

/// <summary>What the ledger counted of one moment. Times are <see cref="Stopwatch"/> ticks.</summary>
public sealed class MomentTotals
{
    private int _threads = 1;
    private long _clearedTicks;

    internal MomentTotals(Moment moment) => Moment = moment;

    /// <summary>Which moment.</summary>
    public Moment Moment { get; }

    /// <summary>The time of its calls.</summary>
    public Distribution Time { get; } = new();

    /// <summary>The time of all calls ever, those before a <see cref="Ledger.Reset"/> included: for counters, which never fall.</summary>
    public long EverTicks => _clearedTicks + Time.Sum;

    /// <summary>Bytes moved, all calls together.</summary>
    public long Bytes { get; private set; }

    /// <summary>Floating-point operations, all calls together.</summary>
    public long Flops { get; private set; }

    /// <summary>How long threads worked in it, all threads and calls together.</summary>
    public long BusyTicks { get; private set; }

    /// <summary>How long threads waited in it, all threads and calls together.</summary>
    public long WaitTicks { get; private set; }

    /// <summary>How long the thread that worked longest did, all calls together.</summary>
    public long SlowestTicks { get; private set; }

    /// <summary>The share of its threads' time that they waited, 0 to 1.</summary>
    public double WaitShare => BusyTicks + WaitTicks > 0 ? (double)WaitTicks / (BusyTicks + WaitTicks) : 0;

    /// <summary>The busiest thread's work over the mean of all threads: 1 when all work alike, the number of threads when one works alone.</summary>
    public double Imbalance => BusyTicks > 0 ? (double)SlowestTicks * _threads / BusyTicks : 1;

    /// <summary>Adds a call.</summary>
    /// <param name="ticks">How long it took.</param>
    /// <param name="bytes">Bytes moved.</param>
    /// <param name="flops">Floating-point operations.</param>
    /// <param name="busy">How long each thread worked.</param>
    internal void Add(long ticks, long bytes, long flops, ReadOnlySpan<int> busy)
    {
        Time.Add(ticks);
        Bytes += bytes;
        Flops += flops;
        long all = 0, slowest = 0;
        foreach (int thread in busy)
        {
            all += thread;
            slowest = Math.Max(slowest, thread);
        }

        BusyTicks += all;
        WaitTicks += Math.Max(0, ticks * busy.Length - all);
        SlowestTicks += slowest;
        _threads = busy.Length;
    }

    internal void Add(MomentTotals other)
    {
        _clearedTicks += other._clearedTicks;
        Time.Add(other.Time);
        Bytes += other.Bytes;
        Flops += other.Flops;
        BusyTicks += other.BusyTicks;
        WaitTicks += other.WaitTicks;
        SlowestTicks += other.SlowestTicks;
        _threads = Math.Max(_threads, other._threads);
    }

    internal void Clear()
    {
        _clearedTicks = EverTicks;
        Time.Clear();
        Bytes = Flops = BusyTicks = WaitTicks = SlowestTicks = 0;
    }

    internal MomentTotals Clone()
    {
        var copy = new MomentTotals(Moment);
        copy.Add(this);
        return copy;
    }
}
