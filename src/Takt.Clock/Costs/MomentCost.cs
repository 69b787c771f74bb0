using Takt.Clock.Graphs;

namespace Takt.Clock.Costs;

/// <summary>What a moment's time is mostly made of.</summary>
public enum Bound
{
    /// <summary>Moving bytes.</summary>
    Memory,

    /// <summary>Computing.</summary>
    Compute,

    /// <summary>Starting and ending.</summary>
    Overhead,
}

/// <summary>A moment's predicted time: the longer of moving and computing, and what starting and ending cost.</summary>
/// <param name="MemorySeconds">Moving its bytes.</param>
/// <param name="ComputeSeconds">Computing.</param>
/// <param name="OverheadSeconds">Starting and ending.</param>
public readonly record struct MomentCost(double MemorySeconds, double ComputeSeconds, double OverheadSeconds)
{
    /// <summary>All of it.</summary>
    public double Seconds => Math.Max(MemorySeconds, ComputeSeconds) + OverheadSeconds;

    /// <summary>The largest of the three.</summary>
    public Bound Bound =>
        OverheadSeconds > Math.Max(MemorySeconds, ComputeSeconds) ? Bound.Overhead
        : MemorySeconds >= ComputeSeconds ? Bound.Memory
        : Bound.Compute;
}
