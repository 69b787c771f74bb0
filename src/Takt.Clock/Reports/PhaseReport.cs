using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

/// <summary>The cycles of one phase.</summary>
public sealed class PhaseReport
{
    private readonly LedgerSnapshot _snapshot;
    private readonly MachineProfile? _machine;

    internal PhaseReport(Phase phase, IReadOnlyList<CycleTrace> traces, MachineProfile? machine)
    {
        (Phase, _machine) = (phase, machine);
        var totals = new Dictionary<Moment, MomentTotals>();
        var cycles = new Dictionary<(Stage, string), Distribution>();
        var inCycle = new Dictionary<(Stage, string), long>();
        long[] busy = new long[traces.Max(static trace => trace.Cycle.BusyTicks.Count)];
        foreach ((CycleRecord cycle, IReadOnlyList<MomentSpan> moments) in traces)
        {
            inCycle.Clear();
            foreach (MomentSpan span in moments)
            {
                if (!totals.TryGetValue(span.Moment, out MomentTotals? total)) totals.Add(span.Moment, total = new MomentTotals(span.Moment));
                total.Add(span.Ticks, span.Bytes, span.Flops, span.BusyTicks.Span);
                (Stage, string) op = (span.Moment.Stage, span.Moment.Op);
                inCycle[op] = inCycle.GetValueOrDefault(op) + span.Ticks;
            }

            foreach (((Stage, string) op, long ticks) in inCycle)
            {
                if (!cycles.TryGetValue(op, out Distribution? times)) cycles.Add(op, times = new Distribution());
                times.Add(ticks);
            }

            Wall.Add(cycle.WallTicks);
            for (int thread = 0; thread < cycle.BusyTicks.Count; thread++) busy[thread] += cycle.BusyTicks[thread];
        }

        Rows = traces.Sum(static trace => (long)trace.Cycle.Work.Rows);
        Tokens = traces.Sum(static trace => (long)trace.Cycle.TokensPublished);
        Moments = [.. totals.Values];
        PerCycle = [.. cycles.Select(static op => new OpTime(
                op.Key.Item1, op.Key.Item2, op.Value.Count, ProfiledRun.Seconds(op.Value.Mean), ProfiledRun.Seconds(op.Value.StandardDeviation)))
            .OrderByDescending(static op => op.Cycles * op.MeanSeconds)];
        _snapshot = new LedgerSnapshot
        {
            Moments = Moments,
            Cycles = Wall,
            MomentTicks = traces.Sum(static trace => trace.Cycle.MomentTicks),
            OutsideTicks = 0,
            BusyTicks = busy,
            TokensPublished = Tokens,
            Recent = [],
            Requests = [],
            Outliers = traces.Count(static trace => trace.Cycle.IsOutlier),
            Disturbances = traces.Aggregate(Disturbances.None, static (sum, trace) => sum + trace.Cycle.Disturbances),
            // The counter knows no phases.
            Energy = default,
        };
        Prediction = PredictionCheck.Of(traces.Select(static trace => trace.Cycle));
        All = Report(ProfileGrouping.Op);
    }

    /// <summary>Which phase.</summary>
    public Phase Phase { get; }

    /// <summary>Wall times of its cycles, in ticks.</summary>
    public Distribution Wall { get; } = new();

    /// <summary>How far predictions of its cycles were off; null where nothing was predicted.</summary>
    public PredictionCheck? Prediction { get; }

    /// <summary>Rows that its cycles computed.</summary>
    public long Rows { get; }

    /// <summary>Tokens that its cycles published.</summary>
    public long Tokens { get; }

    /// <summary>Mean wall time of a cycle.</summary>
    public double CycleSeconds => ProfiledRun.Seconds(Wall.Mean);

    /// <summary>Rows a second, while its cycles ran.</summary>
    public double RowsPerSecond => Wall.Sum > 0 ? Rows / ProfiledRun.Seconds(Wall.Sum) : 0;

    /// <summary>Its moments.</summary>
    public IReadOnlyList<MomentTotals> Moments { get; }

    /// <summary>Operations with the time that all their layers take together in a cycle, longest first.</summary>
    public IReadOnlyList<OpTime> PerCycle { get; }

    /// <summary>Its operations over all layers.</summary>
    public ProfileReport All { get; }

    /// <summary>Its rows by another grouping.</summary>
    public ProfileReport Report(ProfileGrouping grouping) => ProfileReport.From(_snapshot, grouping, _machine);
}

/// <summary>An operation's time in one cycle, all layers together: the unit in which runs are compared, as layers of a cycle are not independent.</summary>
/// <param name="Stage">Its stage.</param>
/// <param name="Op">Its operation.</param>
/// <param name="Cycles">Cycles it ran in.</param>
/// <param name="MeanSeconds">Mean over those.</param>
/// <param name="StandardDeviationSeconds">Standard deviation (population).</param>
public sealed record OpTime(
    [property: JsonPropertyName("stage"), JsonRequired] Stage Stage,
    [property: JsonPropertyName("op"), JsonRequired] string Op,
    [property: JsonPropertyName("cycles"), JsonRequired] long Cycles,
    [property: JsonPropertyName("mean_s"), JsonRequired] double MeanSeconds,
    [property: JsonPropertyName("stddev_s"), JsonRequired] double StandardDeviationSeconds);
