using System.Diagnostics;

namespace Takt.Clock;

/// <summary>A copy of a ledger at one time: whole cycles only.</summary>
/// <param name="Moments">Every registered moment, in the order of registration.</param>
/// <param name="Cycles">Wall time of the cycles, in <see cref="Stopwatch"/> ticks.</param>
/// <param name="MomentTicks">How much of that time the moments explain.</param>
/// <param name="Recent">The last cycles, oldest first.</param>
public sealed record LedgerSnapshot(
    IReadOnlyList<MomentTotals> Moments, Distribution Cycles, long MomentTicks, IReadOnlyList<CycleRecord> Recent);
