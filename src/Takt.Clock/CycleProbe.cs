using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Takt.Clock;

/// <summary>
/// Stamps the edges of one cycle for a <see cref="Ledger"/>. An edge costs one time stamp, one 32-byte store, and a load and a store for
/// each thread.
/// </summary>
/// <remarks>From <see cref="Ledger.Begin"/>; pass it by reference and hand it to <see cref="Ledger.End"/>.</remarks>
public struct CycleProbe : IProbe
{
    private readonly StampBuffer _stamps;
    private readonly long _first;
    private long _last;

    internal CycleProbe(StampBuffer stamps, long number, int used)
    {
        _stamps = stamps;
        Number = number;
        Used = used;
        StartTicks = Stopwatch.GetTimestamp();
        _first = _last = stamps.Now();
    }

    /// <inheritdoc/>
    public static bool Records => true;

    /// <summary>The number that the cycle will have in the ledger.</summary>
    public long Number { get; }

    /// <summary>When the cycle began, in <see cref="Stopwatch"/> ticks.</summary>
    public long StartTicks { get; }

    /// <summary>Stamps in the ledger's buffer, those of this cycle included.</summary>
    internal int Used { get; private set; }

    /// <summary>How long the moments of this cycle were, all together.</summary>
    internal readonly long MomentTicks => _last - _first;

    /// <summary>How long it has been running.</summary>
    internal readonly long WallTicks => _stamps.Now() - _first;

    /// <inheritdoc/>
    // A call, because a forward pass with edges inlined into it and laid out by a profile (PGO) was measured 2 us an edge slower.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Edge(int moment, long bytes = 0, long flops = 0)
    {
        long now = _stamps.Now();
        _stamps.Add(Used++, new EdgeStamp(moment, now - _last, bytes, flops));
        _last = now;
    }

    /// <summary>Takes out of the running moment a part that somebody else timed, which becomes a moment of its own.</summary>
    /// <param name="moment">A number from <see cref="Ledger.Register"/>.</param>
    /// <param name="ticks">How long it was; no longer than the running moment.</param>
    public void Part(int moment, long ticks)
    {
        _stamps.AddPart(Used++, new EdgeStamp(moment, ticks, 0, 0));
        _last += ticks;
    }
}
