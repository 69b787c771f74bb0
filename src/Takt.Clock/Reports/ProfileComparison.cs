using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

/// <summary>One operation before and after.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Stage">Its stage; null for whole cycles.</param>
/// <param name="Op">Its operation; <c>cycle</c> for whole cycles.</param>
/// <param name="Before">Mean time in a cycle before, all layers together; null where it did not run.</param>
/// <param name="After">The same after.</param>
/// <param name="Ratio">After over before.</param>
/// <param name="Probability">How likely so large a difference is by chance alone (Welch's t, two-sided); null where there are fewer than two cycles.</param>
/// <param name="Significant">Whether the difference is one, at 5 % over all rows together (Holm).</param>
public sealed record ComparedOp(
    [property: JsonPropertyName("phase")] Phase Phase,
    [property: JsonPropertyName("stage")] Stage? Stage,
    [property: JsonPropertyName("op")] string Op,
    [property: JsonPropertyName("before_s")] double? Before,
    [property: JsonPropertyName("after_s")] double? After,
    [property: JsonPropertyName("ratio")] double? Ratio,
    [property: JsonPropertyName("p_value")] double? Probability,
    [property: JsonPropertyName("significant")] bool Significant);

/// <summary>Compares a run with a former one, operation by operation.</summary>
/// <remarks>
/// A sample is what an operation takes in one cycle, all layers together: layers of one cycle share its luck, so they are no samples of
/// their own. Means are compared by Welch's t-test from means, deviations and counts; Holm's correction holds the chance of any false
/// alarm at 5 %. Neighbouring cycles are not quite independent either, so a difference close to the line deserves another run.
/// </remarks>
public static class ProfileComparison
{
    private const double Level = 0.05;

    /// <summary>The rows: whole cycles of each phase first, then operations by time.</summary>
    public static IReadOnlyList<ComparedOp> Of(ProfileBaseline before, ProfiledRun after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var rows = new List<ComparedOp>();
        foreach (PhaseReport phase in after.Phases)
        {
            if (before.Phases.FirstOrDefault(former => former.Phase == phase.Phase) is not { } old) continue;
            PhaseSummary now = PhaseSummary.Of(phase);
            rows.Add(Row(phase.Phase, null, "cycle", Cycle(old), Cycle(now)));
            Dictionary<(Stage, string), OpTime> formerly = old.PerCycle.ToDictionary(static op => (op.Stage, op.Op));
            foreach (OpTime op in now.PerCycle) rows.Add(Row(phase.Phase, op.Stage, op.Op, formerly.Remove((op.Stage, op.Op), out OpTime? was) ? was : null, op));

            rows.AddRange(formerly.Values.Select(gone => Row(phase.Phase, gone.Stage, gone.Op, gone, null)));
        }

        bool[] significant = Welch.Holm([.. rows.Select(static row => row.Probability)], Level);
        return [.. rows.Select((row, i) => row with { Significant = significant[i] })];
    }

    // Whole cycles as if they were one operation.
    private static OpTime Cycle(PhaseSummary phase) => new(default, "cycle", phase.Cycles, phase.MeanSeconds, phase.StandardDeviationSeconds);

    private static ComparedOp Row(Phase phase, Stage? stage, string op, OpTime? before, OpTime? after) => new(
        phase, stage, op, before?.MeanSeconds, after?.MeanSeconds,
        before is { MeanSeconds: > 0 } && after is not null ? after.MeanSeconds / before.MeanSeconds : null,
        before is null || after is null ? null : Welch.Probability(
            before.MeanSeconds, before.StandardDeviationSeconds, before.Cycles, after.MeanSeconds, after.StandardDeviationSeconds, after.Cycles),
        Significant: false);
}
