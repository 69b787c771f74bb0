using System.Diagnostics;

namespace Takt.Clock.Telemetry;

/// <summary>Spans of a request and of its parts, made when it has ended: its host's trace is their parent.</summary>
/// <remarks>Names and attributes: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans.</remarks>
internal static class RequestSpans
{
    /// <summary>Writes them, where somebody listens.</summary>
    public static void Write(RequestRecord request, string operation, string model, in TagList tags)
    {
        if (!ClockMeter.Spans.HasListeners()) return;
        long ticks = Stopwatch.GetTimestamp();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using Activity? span = ClockMeter.Spans.StartActivity(
            $"{operation} {model}", ActivityKind.Internal, request.Parent, tags, null, At(request.BeganTicks));
        if (span is null) return;
        span.SetTag("gen_ai.usage.input_tokens", request.PromptTokens);
        span.SetTag("gen_ai.usage.output_tokens", request.GeneratedTokens);
        span.SetTag("gen_ai.response.finish_reasons", new[] { FinishReason(request.StopReason) });
        span.SetTag("takt.cycles", request.Cycles);
        if (request.FirstCycle is { } firstCycle) span.SetTag("takt.cycle.first", firstCycle);
        if (request.LastCycle is { } lastCycle) span.SetTag("takt.cycle.last", lastCycle);
        if (request.StopReason == "failed")
        {
            span.SetTag("error.type", request.StopReason);
            span.SetStatus(ActivityStatusCode.Error);
        }

        long at = request.BeganTicks;
        foreach ((string name, long length) in request.Parts) Part("takt." + name, length);
        span.SetEndTime(At(request.EndedTicks).UtcDateTime);

        void Part(string part, long took)
        {
            if (took == 0) return;
            using Activity? child = ClockMeter.Spans.StartActivity(part, ActivityKind.Internal, span.Context, null, null, At(at));
            at += took;
            child?.SetEndTime(At(at).UtcDateTime);
        }

        DateTimeOffset At(long then) => now - Stopwatch.GetElapsedTime(then, ticks);
    }

    private static string FinishReason(string stopReason) => stopReason switch
    {
        "stop_token" or "host" => "stop",
        "max_tokens" or "context_full" => "length",
        "failed" => "error",
        _ => stopReason,
    };
}
