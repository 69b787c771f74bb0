using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Takt.Clock.Telemetry;

/// <summary>The instruments that all ledgers of the process share.</summary>
/// <remarks>
/// Those that begin with <c>gen_ai</c>, their units and buckets are OpenTelemetry's: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics.
/// </remarks>
internal static class ClockMeter
{
    private static readonly Meter _meter = new(LedgerTelemetry.Name);
    private static readonly double[] _long = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    public static readonly ActivitySource Spans = new(LedgerTelemetry.Name);

    public static readonly Histogram<int> Tokens = _meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of prompts and answers.", null, new InstrumentAdvice<int>
        {
            HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
        });

    public static readonly Histogram<double> Operation = Seconds(
        "gen_ai.client.operation.duration", "From the host's beginning with a request to its end.", _long);

    public static readonly Histogram<double> Request = Seconds(
        "gen_ai.server.request.duration", "From a request's submission to its end.", _long);

    public static readonly Histogram<double> FirstToken = Seconds(
        "gen_ai.server.time_to_first_token", "From a request's submission to its first token.",
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);

    public static readonly Histogram<double> PerOutputToken = Seconds(
        "gen_ai.server.time_per_output_token", "Time of a request's tokens after the first, by their number.",
        [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5]);

    public static readonly Histogram<double> Cycle = Seconds(
        "takt.cycle.duration", "Wall time of a cycle.",
        [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5, 10]);

    public static readonly Histogram<double> PredictionError = _meter.CreateHistogram(
        "takt.cycle.prediction_error", "1", "What was predicted of a cycle over what it took, less 1.", null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [-0.5, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.5],
        });

    public static readonly ObservableCounter<double> Moments = _meter.CreateObservableCounter(
        "takt.moment.time", LedgerTelemetry.ReadMoments, "s", "Time in an operation, all layers together: its rate is its share of the time.");

    /// <summary>Whether anybody wants to know of a request.</summary>
    public static bool HearsRequests =>
        Spans.HasListeners() || Tokens.Enabled || FirstToken.Enabled || PerOutputToken.Enabled || Operation.Enabled || Request.Enabled;

    private static Histogram<double> Seconds(string name, string description, double[] bounds) =>
        _meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
