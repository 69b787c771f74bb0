using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Takt.Clock;

/// <summary>One moment as a probe noted it.</summary>
internal readonly record struct EdgeStamp(int Moment, long Ticks, long Bytes, long Flops);

/// <summary>The stamps of the running cycle and of those that wait to be counted, with how long each thread was busy.</summary>
/// <remarks>
/// The engine's thread writes. Others may read the stamps of ended cycles; it grows by replacing its arrays, and what an older array has
/// of those is the same.
/// </remarks>
internal sealed class StampBuffer
{
    private ReadOnlyMemory<long> _counters = new long[1];
    private long[] _seen = [0];

    /// <summary>Threads whose times are kept.</summary>
    public int Threads => _seen.Length;

    /// <summary>The stamps.</summary>
    public EdgeStamp[] Stamps { get; private set; } = new EdgeStamp[1024];

    /// <summary>Busy ticks, a stamp after the other, thread by thread.</summary>
    public int[] Busy { get; private set; } = new int[1024];

    /// <summary>The time, in <see cref="Stopwatch"/> ticks.</summary>
    public Func<long> Now { get; private set; } = Stopwatch.GetTimestamp;

    /// <summary>Keeps the times of these threads from now on; see <see cref="Ledger.Watch"/>.</summary>
    public void Watch(ReadOnlyMemory<long> counters, Func<long> now)
    {
        _counters = counters;
        _seen = new long[counters.Length];
        Busy = new int[Stamps.Length * counters.Length];
        Now = now;
    }

    /// <summary>Begins a cycle: what threads did before belongs to none of its moments.</summary>
    public void Begin() => _counters.Span.CopyTo(_seen);

    /// <summary>Puts a stamp in its place; places are filled in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // without a profile: see CycleProbe.Edge
    public void Add(int place, in EdgeStamp stamp)
    {
        if (place == Stamps.Length) Grow();
        Stamps[place] = stamp;
        // The engine's own thread waits at the end of an operation, the others between their pieces: it counts the one, they the other.
        ReadOnlySpan<long> counters = _counters.Span;
        Span<long> seen = _seen;
        Span<int> busy = Busy.AsSpan(place * seen.Length, seen.Length);
        for (int thread = 0; thread < seen.Length; thread++)
        {
            long counted = counters[thread];
            long ticks = counted - seen[thread];
            seen[thread] = counted;
            busy[thread] = Narrow(Math.Clamp(thread == 0 ? stamp.Ticks - ticks : ticks, 0, stamp.Ticks));
        }
    }

    /// <summary>Puts a stamp of work that the engine's thread did alone in its place.</summary>
    public void AddPart(int place, in EdgeStamp stamp)
    {
        if (place == Stamps.Length) Grow();
        Stamps[place] = stamp;
        Busy.AsSpan(place * _seen.Length, _seen.Length).Clear();
        Busy[place * _seen.Length] = Narrow(stamp.Ticks);
    }

    private static int Narrow(long ticks) => (int)Math.Min(ticks, int.MaxValue);

    private void Grow()
    {
        var stamps = new EdgeStamp[2 * Stamps.Length];
        Stamps.CopyTo(stamps, 0);
        var busy = new int[2 * Busy.Length];
        Busy.CopyTo(busy, 0);
        (Stamps, Busy) = (stamps, busy);
    }
}
