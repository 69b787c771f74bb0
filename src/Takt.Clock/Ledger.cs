using System.Diagnostics;
using Takt.Clock.Costs;
using Takt.Clock.Telemetry;

namespace Takt.Clock;

/// <summary>Where moments, cycles and requests are recorded, always on.</summary>
/// <remarks>
/// One thread runs cycles (<see cref="Begin"/>, edges, <see cref="End"/>); any thread may record requests and take snapshots. A probe
/// only notes stamps; they are counted some cycles at a time, or when a snapshot is taken, which always shows whole cycles. While that
/// happens, ended cycles wait in the stamp buffer and the running one does not.
/// </remarks>
public sealed class Ledger
{
    // Cycles are counted some at a time: the totals of all moments are larger than the nearest caches, and a model's weights
    // drive them out in every cycle.
    private const int CountEvery = 16;
    private const int MostWaiting = 4 * CountEvery;
    private const int KeptRequests = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<Moment, int> _numbers = [];
    private readonly List<MomentTotals> _moments = [];
    private readonly Distribution _cycles = new();
    private readonly LikeCycles _like = new();
    private readonly CycleHistory _history;
    private readonly Queue<RequestRecord> _requests = new();
    private readonly EnergyMeter _energy = new();
    private readonly CycleEntry[] _waiting = new CycleEntry[MostWaiting];
    private readonly StampBuffer _stamps = new();
    private MachineCounters _counters;
    private long _counted;
    private int _endedStamps;
    private int _endedCycles;
    private int _countedStamps;
    private int _countedCycles;
    private long _number;
    private long[] _busy = [0];
    private long[] _cycleBusy = [0];
    private long _momentTicks;
    private long _outsideTicks;
    private long _tokens;
    private long _outliers;
    private Disturbances _disturbances = Disturbances.None;

    /// <summary>Makes an empty ledger.</summary>
    /// <param name="recentCycles">How many of the last cycles are kept one by one.</param>
    /// <param name="keptStamps">How many of the last moments are kept one by one, for <see cref="Trace"/>: 36 bytes each, and 4 a thread.</param>
    public Ledger(int recentCycles = 1024, int keptStamps = 1 << 17)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recentCycles, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keptStamps, 1);
        _history = new CycleHistory(recentCycles, keptStamps);
    }

    /// <summary>Told of every cycle and request that ends; null where nobody tells them on.</summary>
    internal LedgerTelemetry? Telemetry { get; set; }

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

    /// <summary>Records how long each thread works in every moment from now on; called before the first cycle.</summary>
    /// <param name="counters">
    /// Ticks counted since ever, one counter a thread, written by the threads themselves: of the first thread, which runs the cycles, how
    /// long it waited for others; of the others, how long they worked. At least one.
    /// </param>
    /// <param name="now">The clock that they go by, in <see cref="Stopwatch"/> ticks; null for the <see cref="Stopwatch"/> itself.</param>
    public void Watch(ReadOnlyMemory<long> counters, Func<long>? now = null)
    {
        int threads = counters.Length;
        if (threads == 0) throw new ArgumentException("there are no counters; give one for each thread, the engine's own first", nameof(counters));
        lock (_gate)
        {
            if (_number > 0) throw new InvalidOperationException("threads are watched from the first cycle on, but there was one already");
            _stamps.Watch(counters, now ?? Stopwatch.GetTimestamp);
            _history.Watch(threads);
            (_busy, _cycleBusy) = (new long[threads], new long[threads]);
        }
    }

    /// <summary>Begins a cycle: its first moment runs from now. A cycle that was begun and not ended is forgotten.</summary>
    public CycleProbe Begin()
    {
        // Reading the counters takes a microsecond, so the end of one cycle is the beginning of the next unless there was a pause.
        const long Pause = 50_000;
        if (Stopwatch.GetTimestamp() - _counted > Pause * Stopwatch.Frequency / 1_000_000_000) _counters = MachineCounters.Read();
        _stamps.Begin();
        return new CycleProbe(_stamps, _number, _endedStamps);
    }

    /// <summary>Ends a cycle and records it.</summary>
    /// <param name="probe">From <see cref="Begin"/>.</param>
    /// <param name="work">What its batch was made of.</param>
    /// <param name="tokensPublished">Tokens handed to hosts.</param>
    /// <param name="prediction">How long it was said to take; null where nothing was said.</param>
    /// <returns>How long it took, in <see cref="Stopwatch"/> ticks.</returns>
    public long End(ref CycleProbe probe, CycleWork work, int tokensPublished = 0, Prediction? prediction = null)
    {
        long wall = probe.WallTicks;
        MachineCounters counters = MachineCounters.Read();
        _waiting[_endedCycles] = new CycleEntry(
            _number++, probe.StartTicks, wall, probe.MomentTicks, probe.Used - _endedStamps, work, tokensPublished,
            prediction, counters.Since(_counters));
        _counters = counters;
        _endedStamps = probe.Used;
        Volatile.Write(ref _endedCycles, _endedCycles + 1);
        if (_endedCycles >= CountEvery) CountSome();
        Telemetry?.Cycle(work, wall, prediction?.Seconds);
        _counted = Stopwatch.GetTimestamp();
        return wall;
    }

    /// <summary>Records a moment outside cycles; safe from any thread.</summary>
    /// <param name="moment">A number from <see cref="Register"/>.</param>
    /// <param name="ticks">How long it took, in <see cref="Stopwatch"/> ticks.</param>
    public void Record(int moment, long ticks)
    {
        lock (_gate)
        {
            _moments[moment].Add(ticks, 0, 0, [(int)Math.Min(ticks, int.MaxValue)]);
            _outsideTicks += ticks;
        }
    }

    /// <summary>Records a request that has ended; safe from any thread.</summary>
    public void Record(RequestRecord request)
    {
        lock (_gate)
        {
            if (_requests.Count == KeptRequests) _requests.Dequeue();
            _requests.Enqueue(request);
        }

        Telemetry?.Request(request);
    }

    /// <summary>A consistent copy of everything recorded since the start or the last <see cref="Reset"/>.</summary>
    public LedgerSnapshot Snapshot()
    {
        lock (_gate)
        {
            Count();
            return new LedgerSnapshot
            {
                Moments = [.. _moments.Select(static moment => moment.Clone())],
                Cycles = _cycles.Clone(),
                MomentTicks = _momentTicks,
                OutsideTicks = _outsideTicks,
                BusyTicks = [.. _busy],
                TokensPublished = _tokens,
                Recent = _history.Records(),
                Requests = [.. _requests],
                Outliers = _outliers,
                Disturbances = _disturbances,
                Energy = _energy.Read(),
            };
        }
    }

    /// <summary>The last cycles with all their moments, oldest first: as many as the kept stamps are of.</summary>
    public IReadOnlyList<CycleTrace> Trace()
    {
        lock (_gate)
        {
            Count();
            return _history.Traces(_moments);
        }
    }

    /// <summary>Forgets what was recorded; moments keep their numbers, and their time of all calls ever.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Count();
            foreach (MomentTotals moment in _moments) moment.Clear();
            _cycles.Clear();
            _like.Clear();
            _history.Clear();
            _requests.Clear();
            Array.Clear(_busy);
            _momentTicks = _outsideTicks = _tokens = _outliers = 0;
            _disturbances = Disturbances.None;
            _energy.Reset();
        }
    }

    private void CountSome()
    {
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

    // Under the gate. Ended cycles that were not counted yet; the running one is beyond them.
    private void Count()
    {
        int cycles = Volatile.Read(ref _endedCycles);
        foreach (ref readonly CycleEntry cycle in _waiting.AsSpan(_countedCycles, cycles - _countedCycles)) Count(cycle);
        _countedCycles = cycles;
    }

    private void Count(in CycleEntry cycle)
    {
        int threads = _busy.Length;
        ReadOnlySpan<EdgeStamp> stamps = _stamps.Stamps.AsSpan(_countedStamps, cycle.Stamps);
        ReadOnlySpan<int> busy = _stamps.Busy.AsSpan(_countedStamps * threads, cycle.Stamps * threads);
        Array.Clear(_cycleBusy);
        for (int i = 0; i < stamps.Length; i++)
        {
            ref readonly EdgeStamp stamp = ref stamps[i];
            ReadOnlySpan<int> here = busy.Slice(i * threads, threads);
            _moments[stamp.Moment].Add(stamp.Ticks, stamp.Bytes, stamp.Flops, here);
            for (int thread = 0; thread < threads; thread++) _cycleBusy[thread] += here[thread];
        }

        (long? typical, bool isOutlier) = _like.Judge(cycle.Work, cycle.WallTicks);
        _history.Add(cycle with { TypicalTicks = typical, IsOutlier = isOutlier }, stamps, busy, _cycleBusy);
        _countedStamps += cycle.Stamps;
        _cycles.Add(cycle.WallTicks);
        _momentTicks += cycle.MomentTicks;
        _tokens += cycle.TokensPublished;
        if (isOutlier) _outliers++;
        _disturbances += cycle.Disturbances;
        for (int thread = 0; thread < threads; thread++) _busy[thread] += _cycleBusy[thread];
    }
}
