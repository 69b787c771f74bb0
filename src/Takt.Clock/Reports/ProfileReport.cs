using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

/// <summary>What a row of a <see cref="ProfileReport"/> stands for.</summary>
public enum ProfileGrouping
{
    /// <summary>One operation on one layer.</summary>
    Moment,

    /// <summary>One operation over all layers.</summary>
    Op,

    /// <summary>All operations of one layer (of a stage, where there is no layer).</summary>
    Layer,
}

/// <summary>Where the time of the recorded cycles went.</summary>
/// <param name="WallSeconds">The time to explain.</param>
/// <param name="Coverage">The share of it that moments explain.</param>
/// <param name="Moments">The rows, largest share first.</param>
public sealed record ProfileReport(
    [property: JsonPropertyName("wall_s")] double WallSeconds,
    [property: JsonPropertyName("coverage")] double Coverage,
    [property: JsonPropertyName("moments")] IReadOnlyList<ProfileRow> Moments)
{
    /// <summary>Builds the report.</summary>
    /// <param name="snapshot">What was recorded.</param>
    /// <param name="grouping">What a row stands for.</param>
    /// <param name="machine">Ceilings of this machine, or null to leave <see cref="ProfileRow.CeilingShare"/> out.</param>
    /// <param name="wallSeconds">The time to explain when it is more than the cycles', such as a whole run's; null for the cycles'.</param>
    public static ProfileReport From(
        LedgerSnapshot snapshot, ProfileGrouping grouping, MachineProfile? machine = null, double? wallSeconds = null)
    {
        double wall = wallSeconds ?? Seconds(snapshot.Cycles.Sum);
        var rows = snapshot.Moments
            .Where(m => m.Time.Count > 0)
            .GroupBy(m => Key(m.Moment, grouping))
            .Select(group => Row(group.Key, group, wall, machine))
            .OrderByDescending(row => row.Share);
        return new ProfileReport(wall, Share(Seconds(snapshot.MomentTicks), wall), [.. rows]);
    }

    /// <summary>One JSON object, names in snake_case, times in seconds, sizes in bytes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.ProfileReport);

    private static Moment Key(Moment moment, ProfileGrouping grouping) => grouping switch
    {
        ProfileGrouping.Op => moment with { Layer = Moment.NoLayer },
        ProfileGrouping.Layer => moment with { Op = "all" },
        _ => moment,
    };

    private static ProfileRow Row(Moment key, IEnumerable<MomentTotals> members, double wall, MachineProfile? machine)
    {
        var total = new MomentTotals(key);
        foreach (MomentTotals member in members) total.Add(member);
        double seconds = Seconds(total.Time.Sum);
        return new ProfileRow(
            key.Stage, key.Layer == Moment.NoLayer ? null : key.Layer, key.Op, total.Time.Count,
            Seconds(total.Time.Mean), Seconds(total.Time.StandardDeviation),
            Seconds(total.Time.Percentile(0.5)), Seconds(total.Time.Percentile(0.99)),
            Share(seconds, wall), total.Bytes, total.Flops, machine?.CeilingShare(seconds, total.Bytes, total.Flops));
    }

    private static double Seconds(double ticks) => ticks / Stopwatch.Frequency;

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}

/// <summary>One row of a <see cref="ProfileReport"/>; times are of one call, in seconds.</summary>
/// <param name="Stage">Its stage.</param>
/// <param name="Layer">Its layer, or null where it belongs to none or to several.</param>
/// <param name="Op">Its operation, or <c>all</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="MeanSeconds">Arithmetic mean.</param>
/// <param name="StandardDeviationSeconds">Standard deviation.</param>
/// <param name="MedianSeconds">Median.</param>
/// <param name="P99Seconds">99th percentile.</param>
/// <param name="Share">Share of the report's wall time that all calls took together.</param>
/// <param name="Bytes">Bytes moved, all calls together.</param>
/// <param name="Flops">Floating-point operations, all calls together.</param>
/// <param name="CeilingShare">Share of this machine's nearer ceiling, bandwidth or arithmetic; null when that is not measured.</param>
public sealed record ProfileRow(
    [property: JsonPropertyName("stage")] Stage Stage,
    [property: JsonPropertyName("layer")] int? Layer,
    [property: JsonPropertyName("op")] string Op,
    [property: JsonPropertyName("calls")] long Calls,
    [property: JsonPropertyName("mean_s")] double MeanSeconds,
    [property: JsonPropertyName("stddev_s")] double StandardDeviationSeconds,
    [property: JsonPropertyName("p50_s")] double MedianSeconds,
    [property: JsonPropertyName("p99_s")] double P99Seconds,
    [property: JsonPropertyName("share")] double Share,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("flops")] long Flops,
    [property: JsonPropertyName("ceiling_share")] double? CeilingShare);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProfileReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
