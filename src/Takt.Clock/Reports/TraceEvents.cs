using System.Diagnostics;
using System.Text.Json;

namespace Takt.Clock.Reports;

/// <summary>
/// The last cycles in the Trace Event Format, which Perfetto (ui.perfetto.dev) and Chrome (chrome://tracing) show: requests, cycles,
/// stages, moments and every thread's work as tracks.
/// </summary>
/// <remarks>
/// "Trace Event Format", Google, 2016: complete events (ph X) with ts and dur in microseconds, names by metadata events (ph M). Of a
/// thread it is known how long it worked in a moment, not when: its work is drawn from the moment's beginning on.
/// </remarks>
public static class TraceEvents
{
    private const int Process = 1, CycleTrack = 1, StageTrack = 2, MomentTrack = 3, FirstThreadTrack = 10; // requests are below 0

    /// <summary>Writes one JSON object.</summary>
    public static void Write(Stream output, ProfiledRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        WriteNames(json, run);
        var requests = new RequestTracks(run);
        long origin = run.Traces.Count > 0 ? Math.Min(run.Traces[0].Cycle.StartTicks, requests.BeganTicks) : 0;
        requests.Write(json, origin);
        foreach (CycleTrace trace in run.Traces)
        {
            Write(json, trace, origin);
            if (json.BytesPending > 1 << 16) json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, ProfiledRun run)
    {
        WriteName(json, "process_name", 0, "takt: " + run.Model);
        WriteName(json, "thread_name", CycleTrack, "cycles");
        WriteName(json, "thread_name", StageTrack, "stages");
        WriteName(json, "thread_name", MomentTrack, "moments");
        int threads = run.Traces.Select(static trace => trace.Cycle.BusyTicks.Count).DefaultIfEmpty(0).Max();
        for (int thread = 0; thread < threads; thread++) WriteName(json, "thread_name", FirstThreadTrack + thread, $"thread {thread}");
    }

    /// <summary>Names a track or the process; tracks are shown in the order of their numbers.</summary>
    internal static void WriteName(Utf8JsonWriter json, string kind, int track, string name)
    {
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", kind);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", track);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
        if (kind != "thread_name") return;
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", "thread_sort_index");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", track);
        json.WriteStartObject("args");
        json.WriteNumber("sort_index", track);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CycleTrace trace, long origin)
    {
        CycleRecord cycle = trace.Cycle;
        long end = cycle.StartTicks + cycle.WallTicks;
        Open(json, ProfileJson.Name(ProfiledRun.PhaseOf(cycle)), "cycle", CycleTrack, cycle.StartTicks - origin, end - origin);
        json.WriteStartObject("args");
        json.WriteNumber("number", cycle.Number);
        json.WriteNumber("prefill_rows", cycle.Work.PrefillRows);
        json.WriteNumber("generation_rows", cycle.Work.GenerationRows);
        json.WriteNumber("kv_tokens", cycle.Work.KvTokens);
        json.WriteNumber("tokens_published", cycle.TokensPublished);
        if (cycle.PredictedSeconds is { } predicted) json.WriteNumber("predicted_ms", predicted * 1e3);
        if (cycle.IsOutlier) json.WriteString("outlier", string.Join(", ", ProfileJson.Names(cycle.Disturbances.Causes)));
        json.WriteEndObject();
        json.WriteEndObject();
        WriteStages(json, trace.Moments, origin);
        foreach (MomentSpan span in trace.Moments) Write(json, span, origin);
    }

    private static void WriteStages(Utf8JsonWriter json, IReadOnlyList<MomentSpan> moments, long origin)
    {
        for (int first = 0, next; first < moments.Count; first = next)
        {
            Stage stage = moments[first].Moment.Stage;
            for (next = first + 1; next < moments.Count && moments[next].Moment.Stage == stage; next++)
            {
            }

            MomentSpan last = moments[next - 1];
            Open(json, ProfileJson.Name(stage), "stage", StageTrack, moments[first].StartTicks - origin, last.StartTicks + last.Ticks - origin);
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, in MomentSpan span, long origin)
    {
        long start = span.StartTicks - origin;
        Open(json, span.Moment.Op, "moment", MomentTrack, start, start + span.Ticks);
        json.WriteStartObject("args");
        if (span.Moment.Layer != Moment.NoLayer) json.WriteNumber("layer", span.Moment.Layer);
        json.WriteNumber("bytes", span.Bytes);
        json.WriteNumber("flops", span.Flops);
        json.WriteEndObject();
        json.WriteEndObject();
        ReadOnlySpan<int> busy = span.BusyTicks.Span;
        for (int thread = 0; thread < busy.Length; thread++)
        {
            if (busy[thread] == 0) continue;
            Open(json, span.Moment.Op, "thread", FirstThreadTrack + thread, start, start + Math.Min(busy[thread], span.Ticks));
            json.WriteEndObject();
        }
    }

    /// <summary>Begins an event, whose object the caller ends.</summary>
    // Begin and end are rounded, not the duration, so that what nests in ticks nests in the file.
    internal static void Open(Utf8JsonWriter json, string name, string category, int track, long start, long end)
    {
        decimal from = Microseconds(start);
        json.WriteStartObject();
        json.WriteString("ph", "X");
        json.WriteString("name", name);
        json.WriteString("cat", category);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", track);
        json.WriteNumber("ts", from);
        json.WriteNumber("dur", Microseconds(end) - from);
    }

    private static decimal Microseconds(long ticks) => Math.Round(ticks * 1_000_000m / Stopwatch.Frequency, 3);
}
