using System.Diagnostics;
using System.Text.Json;

namespace Takt.Clock.Reports;

/// <summary>
/// The requests of a run as tracks of a trace: each with its parts, one after the other. Requests that run at the same time lie on tracks
/// of their own.
/// </summary>
internal sealed class RequestTracks
{
    private const int FirstTrack = -1000; // above the other tracks

    private readonly List<List<RequestRecord>> _tracks = [];

    /// <summary>Takes the requests that were there when the cycles of the trace ran.</summary>
    public RequestTracks(ProfiledRun run)
    {
        if (run.Traces.Count == 0) return;
        long first = run.Traces[0].Cycle.StartTicks;
        foreach (RequestRecord request in run.Snapshot.Requests.Where(request => request.EndedTicks > first).OrderBy(static request => request.BeganTicks))
        {
            List<RequestRecord>? free = _tracks.Find(track => track[^1].EndedTicks <= request.BeganTicks);
            if (free is null) _tracks.Add(free = []);
            free.Add(request);
        }
    }

    /// <summary>When the first of them began; the end of time where there is none.</summary>
    public long BeganTicks => _tracks.Count > 0 ? _tracks[0][0].BeganTicks : long.MaxValue;

    /// <summary>Writes them.</summary>
    public void Write(Utf8JsonWriter json, long origin)
    {
        for (int i = 0; i < _tracks.Count; i++)
        {
            TraceEvents.WriteName(json, "thread_name", FirstTrack + i, _tracks.Count == 1 ? "requests" : $"requests {i}");
            foreach (RequestRecord request in _tracks[i]) Write(json, request, FirstTrack + i, origin);
        }
    }

    private static void Write(Utf8JsonWriter json, RequestRecord request, int track, long origin)
    {
        TraceEvents.Open(json, $"request {request.Number}", "request", track, request.BeganTicks - origin, request.EndedTicks - origin);
        json.WriteStartObject("args");
        json.WriteNumber("prompt_tokens", request.PromptTokens);
        json.WriteNumber("generated_tokens", request.GeneratedTokens);
        json.WriteString("stop_reason", request.StopReason);
        json.WriteNumber("cycles", request.Cycles);
        json.WriteNumber("cycles_ms", request.CycleTicks * 1e3 / Stopwatch.Frequency);
        // Between the tokens of the generation, so it has no place of its own in time.
        json.WriteNumber("detokenize_ms", request.DetokenizeTicks * 1e3 / Stopwatch.Frequency);
        json.WriteEndObject();
        json.WriteEndObject();
        long at = request.BeganTicks - origin;
        foreach ((string name, long ticks) in request.Parts)
        {
            if (ticks == 0) continue;
            TraceEvents.Open(json, name, "request_part", track, at, at + ticks);
            json.WriteEndObject();
            at += ticks;
        }
    }
}
