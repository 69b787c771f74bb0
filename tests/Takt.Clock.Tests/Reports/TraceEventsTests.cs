using System.Diagnostics;
using System.Text.Json;
using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Reports;

public class TraceEventsTests
{
    [Fact]
    public void A_trace_is_valid_by_the_format()
    {
        List<JsonElement> events = Written(SampleRun.Record("a \"model\" <b>\n"));
        Check(events);
        Assert.Equal(
            ["a \"model\" <b>\n", "cycles", "moments", "stages", "thread 0", "thread 1"],
            events.Where(e => e.GetProperty("name").GetString() is "process_name" or "thread_name")
                .Select(e => e.GetProperty("args").GetProperty("name").GetString()!.Replace("takt: ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(21, events.Count(e => Category(e) == "cycle"));
        Assert.Equal(21 * 3, events.Count(e => Category(e) == "stage"));
        Assert.Equal(21 * 14, events.Count(e => Category(e) == "moment"));
    }

    [Fact]
    public void Moments_lie_in_their_stage_and_stages_in_their_cycle()
    {
        List<JsonElement> events = Written(SampleRun.Record());
        foreach ((string inner, string outer) in (ReadOnlySpan<(string, string)>)[("stage", "cycle"), ("moment", "stage"), ("thread", "moment")])
        {
            (decimal Start, decimal End)[] spans = [.. events.Where(e => Category(e) == outer).Select(Span)];
            Assert.All(events.Where(e => Category(e) == inner).Select(Span), part => Assert.Contains(spans, span => span.Start <= part.Start && part.End <= span.End));
        }
    }

    [Fact]
    public void Requests_have_tracks_with_their_parts_and_those_at_the_same_time_one_each()
    {
        var ledger = new Ledger();
        int moment = ledger.Register(Stage.Execute, 0, "attention");
        CycleProbe probe = ledger.Begin();
        probe.Edge(moment);
        ledger.End(ref probe, default);
        long ms = Stopwatch.Frequency / 1000, start = ledger.Snapshot().Recent[0].StartTicks;
        foreach ((int number, long at) in (ReadOnlySpan<(int, long)>)[(0, -50), (1, -40), (2, 30), (3, -5000)]) ledger.Record(new RequestRecord
        {
            Number = number,
            TemplateTicks = ms,
            TokenizeTicks = 2 * ms,
            SubmittedTicks = start + (at + 3) * ms,
            AdmittedTicks = start + (at + 10) * ms,
            FirstTokenTicks = start + (at + 30) * ms,
            EndedTicks = start + (at + 80) * ms,
            DetokenizeTicks = ms,
            CycleTicks = 60 * ms,
            FirstCycle = 0,
            LastCycle = 0,
            Cycles = 1,
            PromptTokens = 7,
            GeneratedTokens = 9,
            StopReason = "max_tokens",
        });

        List<JsonElement> events = Written(new ProfiledRun("requests", ledger, null));
        Check(events);
        JsonElement[] requests = [.. events.Where(e => Category(e) == "request")];
        Assert.Equal(["request 0", "request 2", "request 1"], requests.Select(e => e.GetProperty("name").GetString())); // 3 ended before the cycles
        Assert.Equal([Track(requests[0]), Track(requests[0]), Track(requests[0]) + 1], requests.Select(Track));
        Assert.Equal((7, 9, "max_tokens"), (
            requests[0].GetProperty("args").GetProperty("prompt_tokens").GetInt32(),
            requests[0].GetProperty("args").GetProperty("generated_tokens").GetInt32(), requests[0].GetProperty("args").GetProperty("stop_reason").GetString()));
        JsonElement[] parts = [.. events.Where(e => Category(e) == "request_part").Take(5)];
        Assert.Equal(["template", "tokenize", "queue", "prefill", "generation"], parts.Select(e => e.GetProperty("name").GetString()));
        Assert.Equal([1000m, 2000, 7000, 20000, 50000], parts.Select(e => e.GetProperty("dur").GetDecimal()));
        Assert.Equal(requests[0].GetProperty("dur").GetDecimal(), parts.Sum(e => e.GetProperty("dur").GetDecimal()));
    }

    [Fact]
    public void A_run_without_cycles_is_a_trace_without_durations()
    {
        List<JsonElement> events = Written(new ProfiledRun("none", new Ledger(), null));
        Check(events);
        Assert.All(events, e => Assert.Equal("M", e.GetProperty("ph").GetString()));
    }

    // "Trace Event Format": required fields of both kinds, tracks that are named, durations that nest within their track.
    private static void Check(List<JsonElement> events)
    {
        foreach (JsonElement e in events)
        {
            Assert.False(string.IsNullOrEmpty(e.GetProperty("name").GetString()));
            Assert.True(e.GetProperty("pid").TryGetInt32(out _) && e.GetProperty("tid").TryGetInt32(out _));
            switch (e.GetProperty("ph").GetString())
            {
                case "X": Assert.True(e.GetProperty("ts").GetDecimal() >= 0 && e.GetProperty("dur").GetDecimal() >= 0); break;
                case "M": Assert.Equal(JsonValueKind.Object, e.GetProperty("args").ValueKind); break;
                default: Assert.Fail($"event of an unknown kind: {e}"); break;
            }
        }

        HashSet<int> named = [.. events.Where(e => e.GetProperty("name").GetString() == "thread_name").Select(Track)];
        foreach (IGrouping<int, JsonElement> track in events.Where(e => e.GetProperty("ph").GetString() == "X").GroupBy(Track))
        {
            Assert.Contains(track.Key, named);
            var open = new Stack<decimal>();
            foreach ((decimal start, decimal end) in track.Select(Span).OrderBy(span => span.Start).ThenByDescending(span => span.End))
            {
                while (open.Count > 0 && open.Peek() <= start) open.Pop();
                Assert.True(open.Count == 0 || end <= open.Peek(), $"an event of track {track.Key} begins within another one and ends after it");
                open.Push(end);
            }
        }
    }

    private static List<JsonElement> Written(ProfiledRun run)
    {
        using var stream = new MemoryStream();
        TraceEvents.Write(stream, run);
        return [.. JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("traceEvents").EnumerateArray()];
    }

    private static string? Category(JsonElement e) => e.TryGetProperty("cat", out JsonElement category) ? category.GetString() : null;

    private static int Track(JsonElement e) => e.GetProperty("tid").GetInt32();

    private static (decimal Start, decimal End) Span(JsonElement e) =>
        (e.GetProperty("ts").GetDecimal(), e.GetProperty("ts").GetDecimal() + e.GetProperty("dur").GetDecimal());
}
