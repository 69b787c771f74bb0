using System.Text.Json;
using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

/// <summary>A phase as it is kept in a report's JSON.</summary>
/// <param name="Phase">Which phase.</param>
/// <param name="Cycles">Its cycles.</param>
/// <param name="Rows">Rows they computed.</param>
/// <param name="MeanSeconds">Mean wall time of a cycle.</param>
/// <param name="StandardDeviationSeconds">Its standard deviation (population).</param>
/// <param name="MedianSeconds">Its median.</param>
/// <param name="P99Seconds">Its 99th percentile.</param>
/// <param name="RowsPerSecond">Rows a second while they ran.</param>
/// <param name="WaitShare">The share of its threads' time that they waited for each other.</param>
/// <param name="PerCycle">What operations take in a cycle, all layers together.</param>
public sealed record PhaseSummary(
    [property: JsonPropertyName("phase"), JsonRequired] Phase Phase,
    [property: JsonPropertyName("cycles"), JsonRequired] long Cycles,
    [property: JsonPropertyName("rows")] long Rows,
    [property: JsonPropertyName("mean_s"), JsonRequired] double MeanSeconds,
    [property: JsonPropertyName("stddev_s"), JsonRequired] double StandardDeviationSeconds,
    [property: JsonPropertyName("p50_s")] double MedianSeconds,
    [property: JsonPropertyName("p99_s")] double P99Seconds,
    [property: JsonPropertyName("rows_per_s")] double RowsPerSecond,
    [property: JsonPropertyName("wait_share")] double WaitShare,
    [property: JsonPropertyName("per_cycle"), JsonRequired] IReadOnlyList<OpTime> PerCycle)
{
    /// <summary>Takes a phase's figures.</summary>
    public static PhaseSummary Of(PhaseReport phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        return new PhaseSummary(
            phase.Phase, phase.Wall.Count, phase.Rows, phase.CycleSeconds, ProfiledRun.Seconds(phase.Wall.StandardDeviation),
            ProfiledRun.Seconds(phase.Wall.Percentile(0.5)), ProfiledRun.Seconds(phase.Wall.Percentile(0.99)), phase.RowsPerSecond,
            phase.All.WaitShare, phase.PerCycle);
    }
}

/// <summary>A former run, read from what <c>takt profile --json</c> wrote.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Phases">Its phases.</param>
public sealed record ProfileBaseline(
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("phases"), JsonRequired] IReadOnlyList<PhaseSummary> Phases)
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is no such report.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ProfileBaseline Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            ProfileBaseline? read = JsonSerializer.Deserialize(bytes, ReportJson.Default.ProfileBaseline);
            if (read?.Phases is { Count: > 0 } phases && phases.All(IsSound)) return read;
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException(
            $"{path}: is not a report of takt profile with its phases; write one with takt profile MODEL --json > FILE and give that file.");
    }

    private static bool IsSound(PhaseSummary? phase) =>
        phase is { Cycles: > 0, MeanSeconds: >= 0, StandardDeviationSeconds: >= 0, PerCycle: not null } && Enum.IsDefined(phase.Phase)
        && phase.PerCycle.All(static op => op is { Op: not null, Cycles: > 0, MeanSeconds: >= 0, StandardDeviationSeconds: >= 0 } && Enum.IsDefined(op.Stage))
        && phase.PerCycle.DistinctBy(static op => (op.Stage, op.Op)).Count() == phase.PerCycle.Count;
}
