using System.Diagnostics;

namespace Takt.Clock;

/// <summary>Where moments and cycles are recorded, always on.</summary>
/// <remarks>
/// One thread runs cycles (<see cref="Begin"/>, edges, <see cref="End"/>); any thread may take snapshots. A probe only notes
/// stamps; they are counted some cycles at a time, or when a snapshot is taken, which always shows whole cycles. While that
/// happens, ended cycles wait in the stamp buffer and the running one does not.
/// </remarks>
public sealed class Ledger
{
    // Cycles are counted some at a time: the totals of all moments are larger than the nearest caches, and a model's weights
    // drive them out in every cycle.
    private const int CountEvery = 16;
    private const int MostWaiting = 4 * CountEvery;

    private readonly Lock _gate = new();
    private readonly Dictionary<Moment, int> _numbers = [];
    private readonly List<MomentTotals> _moments = [];
    private readonly Distribution _cycles = new();
    private readonly CycleRecord[] _recent;
    private readonly CycleRecord[] _waiting = new CycleRecord[MostWaiting];
    private EdgeStamp[] _stamps = new EdgeStamp[1024];
    private int _endedStamps;
    private int _endedCycles;
    private int _countedStamps;
    private int _countedCycles;
    private long _number;
    private long _kept;
    private long _momentTicks;

    /// <summary>Makes an empty ledger.</summary>
    /// <param name="recentCycles">How many of the last cycles are kept one by one.</param>
    public Ledger(int recentCycles = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recentCycles, 1);
        _recent = new CycleRecord[recentCycles];
    }

    /// <summary>Gives the number under which a moment is recorded from now on; the same moment always has the same number.</summary>
    /// <param name="stage">The stage it belongs to.</param>
    /// <param name="layer">Layer, or <see cref="Moment.NoLayer"/>.</param>
    /// <param name="op">The operation, snake_case, such as <c>attention</c>.</param>
    public int Register(Stage stage, int layer, string op)
    {
        var moment = new Moment(stage, layer, op);
        lock (_gate)
        {
            if (_numbers.TryGetValue(moment, out int number)) return number;
            _numbers.Add(moment, _moments.Count);
            _moments.Add(new MomentTotals(moment));
            return _moments.Count - 1;
        }
    }

    /// <summary>Begins a cycle: its first moment runs from now. A cycle that was begun and not ended is forgotten.</summary>
    public CycleProbe Begin() => new(this, _stamps, _endedStamps);

    /// <summary>Ends a cycle and records it.</summary>
    public void End(ref CycleProbe probe, CycleWork work)
    {
        long wall = Stopwatch.GetTimestamp() - probe.Start;
        long explained = 0;
        for (int i = _endedStamps; i < probe.Used; i++) explained += _stamps[i].Ticks;
        _waiting[_endedCycles] = new CycleRecord(_number++, probe.Start, wall, explained, work) { Stamps = probe.Used - _endedStamps };
        _endedStamps = probe.Used;
        Volatile.Write(ref _endedCycles, _endedCycles + 1);

        if (_endedCycles < CountEvery) return;
        if (_endedCycles == MostWaiting) _gate.Enter();
        else if (!_gate.TryEnter()) return;
        try
        {
            Count();
            _endedStamps = _endedCycles = _countedStamps = _countedCycles = 0;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>A consistent copy of everything recorded since the start or the last <see cref="Reset"/>.</summary>
    public LedgerSnapshot Snapshot()
    {
        lock (_gate)
        {
            Count();
            int recent = (int)Math.Min(_kept, _recent.Length);
            var records = new CycleRecord[recent];
            for (int i = 0; i < recent; i++) records[i] = _recent[(_kept - recent + i) % _recent.Length];
            return new LedgerSnapshot(
                [.. _moments.Select(m => m.Clone())], _cycles.Clone(), _momentTicks, records);
        }
    }

    /// <summary>Forgets what was recorded; moments keep their numbers.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Count();
            foreach (MomentTotals moment in _moments) moment.Clear();
            _cycles.Clear();
            _kept = _momentTicks = 0;
        }
    }

    internal EdgeStamp[] Grow()
    {
        Array.Resize(ref _stamps, _stamps.Length * 2);
        return _stamps;
    }

    // Under the gate. Ended cycles that were not counted yet; the running one is beyond them.
    private void Count()
    {
        int cycles = Volatile.Read(ref _endedCycles);
        foreach (ref readonly CycleRecord cycle in _waiting.AsSpan(_countedCycles, cycles - _countedCycles))
        {
            foreach (ref readonly EdgeStamp stamp in _stamps.AsSpan(_countedStamps, cycle.Stamps))
                _moments[stamp.Moment].Add(stamp.Ticks, stamp.Bytes, stamp.Flops);
            _countedStamps += cycle.Stamps;
            _cycles.Add(cycle.WallTicks);
            _momentTicks += cycle.MomentTicks;
            _recent[_kept++ % _recent.Length] = cycle;
        }

        _countedCycles = cycles;
    }
}
