using System.Diagnostics;

namespace Takt.Clock;

/// <summary>A copy of a ledger at one time: whole cycles only. Times are <see cref="Stopwatch"/> ticks.</summary>
public sealed record LedgerSnapshot
{
    /// <summary>Every registered moment, in the order of registration.</summary>
    public required IReadOnlyList<MomentTotals> Moments { get; init; }

    /// <summary>Wall time of the cycles.</summary>
    public required Distribution Cycles { get; init; }

    /// <summary>How much of that time the moments within cycles explain.</summary>
    public required long MomentTicks { get; init; }

    /// <summary>Time of the moments outside cycles: what hosts did with text before they submitted it.</summary>
    public required long OutsideTicks { get; init; }

    /// <summary>How long each thread worked in cycles, the engine's first; the rest of <see cref="MomentTicks"/> it waited.</summary>
    public required IReadOnlyList<long> BusyTicks { get; init; }

    /// <summary>Tokens handed to hosts.</summary>
    public required long TokensPublished { get; init; }

    /// <summary>The last cycles, oldest first.</summary>
    public required IReadOnlyList<CycleRecord> Recent { get; init; }

    /// <summary>The last requests that ended, oldest first.</summary>
    public required IReadOnlyList<RequestRecord> Requests { get; init; }

    /// <summary>Cycles that took longer than cycles with like work do.</summary>
    public required long Outliers { get; init; }

    /// <summary>What the runtime and the system did in all cycles.</summary>
    public required Disturbances Disturbances { get; init; }

    /// <summary>What the processor took since the start or the last reset, whoever made it work.</summary>
    public required EnergyReading Energy { get; init; }
}
