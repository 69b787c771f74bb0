using System.Diagnostics;
using Takt.Clock.Costs;

namespace Takt.Clock;

/// <summary>A cycle that has ended, as the engine's thread noted it.</summary>
internal readonly record struct CycleEntry(
    long Number, long StartTicks, long WallTicks, long MomentTicks, int Stamps, CycleWork Work, int TokensPublished,
    Prediction? Prediction, Disturbances Disturbances)
{
    public long? TypicalTicks { get; init; }

    public bool IsOutlier { get; init; }
}

/// <summary>The last cycles, and the stamps of the last of those, in memory that does not grow.</summary>
internal sealed class CycleHistory(int cycles, int stamps)
{
    private readonly CycleEntry[] _cycles = new CycleEntry[cycles];
    private readonly long[] _firstStamp = new long[cycles];
    private readonly EdgeStamp[] _stamps = new EdgeStamp[stamps];
    private long[] _cycleBusy = new long[cycles];
    private int[] _stampBusy = new int[stamps];
    private int _threads = 1;
    private long _kept;
    private long _keptStamps;

    /// <summary>Keeps the times of that many threads; forgets the cycles before.</summary>
    public void Watch(int threads)
    {
        _threads = threads;
        _cycleBusy = new long[_cycles.Length * threads];
        _stampBusy = new int[_stamps.Length * threads];
        Clear();
    }

    /// <summary>Keeps a cycle.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="stamps">Its stamps.</param>
    /// <param name="stampBusy">How long threads were busy in each.</param>
    /// <param name="cycleBusy">The sums of those by thread.</param>
    public void Add(in CycleEntry cycle, ReadOnlySpan<EdgeStamp> stamps, ReadOnlySpan<int> stampBusy, ReadOnlySpan<long> cycleBusy)
    {
        int place = (int)(_kept++ % _cycles.Length);
        _cycles[place] = cycle;
        _firstStamp[place] = _keptStamps;
        cycleBusy.CopyTo(_cycleBusy.AsSpan(place * _threads));
        while (!stamps.IsEmpty)
        {
            int stamp = (int)(_keptStamps % _stamps.Length), count = Math.Min(stamps.Length, _stamps.Length - stamp);
            stamps[..count].CopyTo(_stamps.AsSpan(stamp));
            stampBusy[..(count * _threads)].CopyTo(_stampBusy.AsSpan(stamp * _threads));
            stamps = stamps[count..];
            stampBusy = stampBusy[(count * _threads)..];
            _keptStamps += count;
        }
    }

    /// <summary>The cycles kept, oldest first.</summary>
    public CycleRecord[] Records()
    {
        var records = new CycleRecord[Math.Min(_kept, _cycles.Length)];
        for (int i = 0; i < records.Length; i++) records[i] = Record(Place(records.Length - i));
        return records;
    }

    /// <summary>The cycles kept whose stamps are still there, oldest first.</summary>
    /// <param name="moments">The ledger's moments by number.</param>
    public List<CycleTrace> Traces(IReadOnlyList<MomentTotals> moments)
    {
        var traces = new List<CycleTrace>();
        for (long back = Math.Min(_kept, _cycles.Length); back > 0; back--)
        {
            int place = Place(back);
            if (_firstStamp[place] >= _keptStamps - _stamps.Length) traces.Add(new CycleTrace(Record(place), Spans(place, moments)));
        }

        return traces;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _kept = _keptStamps = 0;

    private int Place(long back) => (int)((_kept - back) % _cycles.Length);

    private CycleRecord Record(int place)
    {
        ref readonly CycleEntry cycle = ref _cycles[place];
        return new CycleRecord
        {
            Number = cycle.Number,
            StartTicks = cycle.StartTicks,
            WallTicks = cycle.WallTicks,
            MomentTicks = cycle.MomentTicks,
            BusyTicks = _cycleBusy.AsSpan(place * _threads, _threads).ToArray(),
            Work = cycle.Work,
            TokensPublished = cycle.TokensPublished,
            Prediction = cycle.Prediction,
            TypicalTicks = cycle.TypicalTicks,
            IsOutlier = cycle.IsOutlier,
            Disturbances = cycle.Disturbances,
        };
    }

    private MomentSpan[] Spans(int place, IReadOnlyList<MomentTotals> moments)
    {
        var spans = new MomentSpan[_cycles[place].Stamps];
        int[] busy = new int[spans.Length * _threads];
        long start = _cycles[place].StartTicks;
        for (int i = 0; i < spans.Length; i++)
        {
            int stamp = (int)((_firstStamp[place] + i) % _stamps.Length);
            EdgeStamp edge = _stamps[stamp];
            _stampBusy.AsSpan(stamp * _threads, _threads).CopyTo(busy.AsSpan(i * _threads));
            spans[i] = new MomentSpan(
                moments[edge.Moment].Moment, start, edge.Ticks, edge.Bytes, edge.Flops, busy.AsMemory(i * _threads, _threads));
            start += edge.Ticks;
        }

        return spans;
    }
}
