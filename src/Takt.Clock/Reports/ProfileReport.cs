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

/// <summary>Where the time of the recorded cycles, and of the text work before them, went.</summary>
/// <param name="WallSeconds">The time to explain.</param>
/// <param name="Coverage">The share of it that moments explain.</param>
/// <param name="WaitShare">The share of all threads' time in cycles that they waited for each other.</param>
/// <param name="Outliers">Cycles that took longer than cycles with like work do.</param>
/// <param name="EnergyJoules">What the processor took meanwhile, whoever made it work; null where it cannot be read.</param>
/// <param name="EnergyUnavailable">Why energy cannot be read; null where it can.</param>
/// <param name="JoulesPerToken">Energy for each token handed to a host; null where it cannot be read or there is none.</param>
/// <param name="Moments">The rows, largest share first.</param>
public sealed record ProfileReport(
    [property: JsonPropertyName("wall_s")] double WallSeconds,
    [property: JsonPropertyName("coverage")] double Coverage,
    [property: JsonPropertyName("wait_share")] double WaitShare,
    [property: JsonPropertyName("outliers")] long Outliers,
    [property: JsonPropertyName("energy_j")] double? EnergyJoules,
    [property: JsonPropertyName("energy_unavailable")] string? EnergyUnavailable,
    [property: JsonPropertyName("energy_per_token_j")] double? JoulesPerToken,
    [property: JsonPropertyName("moments")] IReadOnlyList<ProfileRow> Moments)
{
    /// <summary>Builds the report.</summary>
    /// <param name="snapshot">What was recorded.</param>
    /// <param name="grouping">What a row stands for.</param>
    /// <param name="machine">Ceilings of this machine, or null to leave <see cref="ProfileRow.CeilingShare"/> out.</param>
    /// <param name="wallSeconds">The time to explain when it is more than the cycles', such as a whole run's; null for the cycles' and the text work's.</param>
    public static ProfileReport From(
        LedgerSnapshot snapshot, ProfileGrouping grouping, MachineProfile? machine = null, double? wallSeconds = null)
    {
        double wall = wallSeconds ?? Seconds(snapshot.Cycles.Sum + snapshot.OutsideTicks);
        (double? joules, string? unavailable) = snapshot.Energy;
        long busy = snapshot.Moments.Sum(static moment => moment.BusyTicks);
        var rows = snapshot.Moments
            .Where(m => m.Time.Count > 0)
            .GroupBy(m => Key(m.Moment, grouping))
            .Select(group => Row(group.Key, group, wall, machine, joules / Math.Max(1, busy)))
            .OrderByDescending(row => row.Share);
        double threads = snapshot.BusyTicks.Count * (double)snapshot.MomentTicks;
        return new ProfileReport(
            wall, Share(Seconds(snapshot.MomentTicks + snapshot.OutsideTicks), wall), 1 - Share(snapshot.BusyTicks.Sum(), threads, 1),
            snapshot.Outliers, joules, unavailable, snapshot.TokensPublished > 0 ? joules / snapshot.TokensPublished : null, [.. rows]);
    }

    /// <summary>One JSON object, names in snake_case, times in seconds, sizes in bytes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.ProfileReport);

    private static Moment Key(Moment moment, ProfileGrouping grouping) => grouping switch
    {
        ProfileGrouping.Op => moment with { Layer = Moment.NoLayer },
        ProfileGrouping.Layer => moment with { Op = "all" },
        _ => moment,
    };

    private static ProfileRow Row(Moment key, IEnumerable<MomentTotals> members, double wall, MachineProfile? machine, double? joulesPerTick)
    {
        var total = new MomentTotals(key);
        foreach (MomentTotals member in members) total.Add(member);
        double seconds = Seconds(total.Time.Sum);
        return new ProfileRow(
            key.Stage, key.Layer == Moment.NoLayer ? null : key.Layer, key.Op, total.Time.Count,
            Seconds(total.Time.Mean), Seconds(total.Time.StandardDeviation),
            Seconds(total.Time.Percentile(0.5)), Seconds(total.Time.Percentile(0.99)),
            Share(seconds, wall), total.Bytes, total.Flops, machine?.CeilingShare(seconds, total.Bytes, total.Flops),
            Seconds(total.Time.Percentile(0.9)), Seconds(total.Time.Percentile(0.999)), Seconds(total.Time.Max),
            total.WaitShare, total.Imbalance, joulesPerTick * total.BusyTicks);
    }

    private static double Seconds(double ticks) => ticks / Stopwatch.Frequency;

    private static double Share(double part, double whole, double ofNothing = 0) => whole > 0 ? part / whole : ofNothing;
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProfileReport))]
[JsonSerializable(typeof(ProfileBaseline))]
[JsonSerializable(typeof(ComparedOp))]
internal sealed partial class ReportJson : JsonSerializerContext;
