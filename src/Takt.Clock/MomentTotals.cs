using System.Diagnostics;

namespace Takt.Clock;

/// <summary>What the ledger counted of one moment.</summary>
public sealed class MomentTotals
{
    internal MomentTotals(Moment moment) => Moment = moment;

    /// <summary>Which moment.</summary>
    public Moment Moment { get; }

    /// <summary>The time of its calls, in <see cref="Stopwatch"/> ticks.</summary>
    public Distribution Time { get; } = new();

    /// <summary>Bytes moved, all calls together.</summary>
    public long Bytes { get; private set; }

    /// <summary>Floating-point operations, all calls together.</summary>
    public long Flops { get; private set; }

    internal void Add(long ticks, long bytes, long flops)
    {
        Time.Add(ticks);
        Bytes += bytes;
        Flops += flops;
    }

    internal void Add(MomentTotals other)
    {
        Time.Add(other.Time);
        Bytes += other.Bytes;
        Flops += other.Flops;
    }

    internal void Clear()
    {
        Time.Clear();
        Bytes = Flops = 0;
    }

    internal MomentTotals Clone()
    {
        var copy = new MomentTotals(Moment);
        copy.Add(this);
        return copy;
    }
}
