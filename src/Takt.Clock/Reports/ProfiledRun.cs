using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

/// <summary>Which cycles a <see cref="PhaseReport"/> is of.</summary>
public enum Phase
{
    /// <summary>Cycles with rows of a prompt.</summary>
    [JsonStringEnumMemberName("prefill")]
    Prefill,

    /// <summary>Cycles that only generate.</summary>
    [JsonStringEnumMemberName("generation")]
    Generation,
}

/// <summary>A run that was profiled: what every report is made of.</summary>
public sealed class ProfiledRun
{
    /// <summary>Takes what a ledger recorded; no cycle runs meanwhile.</summary>
    /// <param name="model">The model's name, as a person knows it.</param>
    /// <param name="ledger">What recorded the run.</param>
    /// <param name="machine">Ceilings of this machine; null where it is not calibrated.</param>
    public ProfiledRun(string model, Ledger ledger, MachineProfile? machine)
        : this(model, ledger.Snapshot(), ledger.Trace(), machine)
    {
    }

    internal ProfiledRun(string model, LedgerSnapshot snapshot, IReadOnlyList<CycleTrace> traces, MachineProfile? machine)
    {
        (Model, Snapshot, Traces, Machine) = (model, snapshot, traces, machine);
        Phases = [.. Enum.GetValues<Phase>()
            .Select(phase => (Phase: phase, Traces: traces.Where(trace => PhaseOf(trace.Cycle) == phase).ToArray()))
            .Where(static part => part.Traces.Length > 0)
            .Select(part => new PhaseReport(part.Phase, part.Traces, machine))];
    }

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>All that was recorded.</summary>
    public LedgerSnapshot Snapshot { get; }

    /// <summary>The last cycles, moment by moment.</summary>
    public IReadOnlyList<CycleTrace> Traces { get; }

    /// <summary>Ceilings of this machine; null where it is not calibrated.</summary>
    public MachineProfile? Machine { get; }

    /// <summary>Prefill and generation apart, of the cycles in <see cref="Traces"/>; a phase without cycles is left out.</summary>
    public IReadOnlyList<PhaseReport> Phases { get; }

    /// <summary>The last cycles that took longer than cycles with like work do, oldest first.</summary>
    public IEnumerable<CycleRecord> Outliers => Snapshot.Recent.Where(static cycle => cycle.IsOutlier);

    /// <summary>The phase that most of the time went to; null where no cycle ran.</summary>
    public PhaseReport? Longest => Phases.MaxBy(static phase => phase.Wall.Sum);

    /// <summary>All cycles and the text work before them.</summary>
    public ProfileReport Report(ProfileGrouping grouping) => ProfileReport.From(Snapshot, grouping, Machine);

    /// <summary>The phase that a cycle belongs to.</summary>
    public static Phase PhaseOf(CycleRecord cycle) => cycle.Work.PrefillRows > 0 ? Phase.Prefill : Phase.Generation;

    internal static double Seconds(double ticks) => ticks / Stopwatch.Frequency;
}
