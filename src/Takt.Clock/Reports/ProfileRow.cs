using System.Text.Json.Serialization;

namespace Takt.Clock.Reports;

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
/// <param name="P90Seconds">90th percentile.</param>
/// <param name="P999Seconds">99.9th percentile.</param>
/// <param name="MaxSeconds">The longest call.</param>
/// <param name="WaitShare">The share of its threads' time that they waited for each other.</param>
/// <param name="Imbalance">The busiest thread's work over the mean of all threads, 1 to the number of threads.</param>
/// <param name="EnergyJoules">
/// Its part of the report's energy, by the time that threads worked in it: an estimate, as the counter knows no operations; null where
/// energy cannot be read.
/// </param>
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
    [property: JsonPropertyName("ceiling_share")] double? CeilingShare,
    [property: JsonPropertyName("p90_s")] double P90Seconds,
    [property: JsonPropertyName("p999_s")] double P999Seconds,
    [property: JsonPropertyName("max_s")] double MaxSeconds,
    [property: JsonPropertyName("wait_share")] double WaitShare,
    [property: JsonPropertyName("imbalance")] double Imbalance,
    [property: JsonPropertyName("energy_j")] double? EnergyJoules);
