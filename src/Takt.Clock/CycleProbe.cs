using System.Diagnostics;

namespace Takt.Clock;

/// <summary>
/// Stamps the edges of one cycle for a <see cref="Ledger"/>. An edge costs one time stamp and one 32-byte store.
/// </summary>
/// <remarks>From <see cref="Ledger.Begin"/>; pass it by reference and hand it to <see cref="Ledger.End"/>.</remarks>
public struct CycleProbe : IProbe
{
    private readonly Ledger _ledger;
    private EdgeStamp[] _stamps;
    private long _last;

    internal CycleProbe(Ledger ledger, EdgeStamp[] stamps, int used)
    {
        _ledger = ledger;
        _stamps = stamps;
        Used = used;
        Start = _last = Stopwatch.GetTimestamp();
    }

    /// <summary>When the cycle began, in <see cref="Stopwatch"/> ticks.</summary>
    internal long Start { get; }

    /// <summary>Stamps in the ledger's buffer, those of this cycle included.</summary>
    internal int Used { get; private set; }

    /// <inheritdoc/>
    public void Edge(int moment, long bytes = 0, long flops = 0)
    {
        long now = Stopwatch.GetTimestamp();
        if (Used == _stamps.Length) _stamps = _ledger.Grow();
        _stamps[Used++] = new EdgeStamp(moment, now - _last, bytes, flops);
        _last = now;
    }
}

/// <summary>One moment as a probe noted it.</summary>
internal readonly record struct EdgeStamp(int Moment, long Ticks, long Bytes, long Flops);
