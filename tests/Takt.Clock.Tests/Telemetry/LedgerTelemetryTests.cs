using System.Diagnostics;
using System.Diagnostics.Tracing;
using Takt.Clock.Telemetry;

namespace Takt.Clock.Tests.Telemetry;

public class LedgerTelemetryTests
{
    private static readonly long _ms = Stopwatch.Frequency / 1000;

    private static RequestRecord Request(string stopReason = "max_tokens", int generated = 5, long? firstToken = 40, ActivityContext parent = default)
    {
        long began = Stopwatch.GetTimestamp() - 1000 * _ms;
        return new RequestRecord
        {
            Number = 0,
            SubmittedTicks = began + 5 * _ms,
            AdmittedTicks = began + 15 * _ms,
            FirstTokenTicks = began + 5 * _ms + firstToken * _ms,
            EndedTicks = began + 125 * _ms,
            TemplateTicks = 2 * _ms,
            TokenizeTicks = 3 * _ms,
            DetokenizeTicks = _ms,
            CycleTicks = 100 * _ms,
            FirstCycle = 7,
            LastCycle = 11,
            Cycles = 5,
            PromptTokens = 12,
            GeneratedTokens = generated,
            StopReason = stopReason,
            Parent = parent,
        };
    }

    private static void Cycle(Ledger ledger, CycleWork work, int moment, double? predicted = null)
    {
        CycleProbe probe = ledger.Begin();
        Thread.Sleep(2);
        probe.Edge(moment);
        ledger.End(ref probe, work, 1, predicted is { } said ? new Takt.Clock.Costs.Prediction(said, said, said) : null);
    }

    [Fact]
    public void A_request_gives_the_values_of_the_conventions()
    {
        var ledger = new Ledger();
        using var heard = new Heard("values");
        using var telemetry = new LedgerTelemetry(ledger, "values");
        ledger.Record(Request());

        Assert.Equal([("input", 12.0), ("output", 5.0)], heard.Of("gen_ai.client.token.usage").Select(m => ((string)m.Tags["gen_ai.token.type"]!, m.Value)));
        Assert.Equal(0.125, Assert.Single(heard.Of("gen_ai.client.operation.duration")).Value, 1e-6);
        Assert.Equal(0.120, Assert.Single(heard.Of("gen_ai.server.request.duration")).Value, 1e-6);
        Assert.Equal(0.040, Assert.Single(heard.Of("gen_ai.server.time_to_first_token")).Value, 1e-6);
        Measured token = Assert.Single(heard.Of("gen_ai.server.time_per_output_token"));
        Assert.Equal(0.080 / 4, token.Value, 1e-6);
        Assert.Equal("s", token.Unit);
        Assert.Equal(("chat", "takt"), (token.Tags["gen_ai.operation.name"], token.Tags["gen_ai.provider.name"]));
    }

    [Fact]
    public void A_failed_request_has_an_error_type_and_no_token_times()
    {
        var ledger = new Ledger();
        using var heard = new Heard("failed");
        using var telemetry = new LedgerTelemetry(ledger, "failed");
        ledger.Record(Request("failed", generated: 0, firstToken: null) with { TemplateTicks = 0 });

        Measured duration = Assert.Single(heard.Of("gen_ai.client.operation.duration"));
        Assert.Equal(("failed", "text_completion"), (duration.Tags["error.type"], duration.Tags["gen_ai.operation.name"]));
        Assert.Empty(heard.Of("gen_ai.server.time_to_first_token"));
        Assert.Empty(heard.Of("gen_ai.server.time_per_output_token"));
    }

    [Fact]
    public void A_request_makes_nothing_where_nobody_listens()
    {
        var ledger = new Ledger();
        using var telemetry = new LedgerTelemetry(ledger, "silence");
        RequestRecord request = Request();
        for (int i = 0; i < 2000; i++) ledger.Record(request); // until the queue of kept requests grows no more
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) ledger.Record(request);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Cycles_and_moments_are_the_ledgers()
    {
        var ledger = new Ledger();
        int moment = ledger.Register(Stage.WriteBack, 3, "sample"), other = ledger.Register(Stage.WriteBack, 4, "sample");
        using var heard = new Heard("cycles");
        using (new LedgerTelemetry(ledger, "cycles"))
        {
            Cycle(ledger, new CycleWork(8, 0, 1, 1, 8, 36), moment);
            Cycle(ledger, new CycleWork(0, 1, 1, 1, 9, 9), other, predicted: 1e6);
            Cycle(ledger, new CycleWork(4, 1, 2, 2, 9, 9), moment);
            heard.ReadObservables();
        }

        Cycle(ledger, default, moment); // nobody tells this one
        LedgerSnapshot snapshot = ledger.Snapshot();
        Measured[] cycles = heard.Of("takt.cycle.duration");
        Assert.Equal(["prefill", "generation", "mixed"], cycles.Select(m => m.Tags["takt.cycle.kind"]));
        Assert.Equal(snapshot.Recent.Take(3).Select(c => c.WallSeconds), cycles.Select(m => m.Value));
        Measured error = Assert.Single(heard.Of("takt.cycle.prediction_error"));
        Assert.Equal(1e6 / snapshot.Recent[1].WallSeconds - 1, error.Value, 1e-6 * error.Value);
        Measured time = Assert.Single(heard.Of("takt.moment.time"));
        Assert.Equal(("write_back", "sample"), (time.Tags["takt.stage"], time.Tags["takt.op"]));
        Assert.Equal(snapshot.Recent.Take(3).Sum(c => c.MomentTicks) / (double)Stopwatch.Frequency, time.Value, 1e-9);
    }

    [Fact]
    public void A_counter_goes_on_where_a_ledger_forgets()
    {
        var ledger = new Ledger();
        int moment = ledger.Register(Stage.Execute, 0, "reset");
        using var heard = new Heard("reset");
        using var telemetry = new LedgerTelemetry(ledger, "reset");
        ledger.Record(moment, 30 * _ms);
        heard.ReadObservables();
        for (int i = 0; i < 2; i++)
        {
            ledger.Reset();
            heard.ReadObservables();
        }

        ledger.Record(moment, 5 * _ms);
        heard.ReadObservables();
        Assert.Equal([0.030, 0.030, 0.030, 0.035], heard.Of("takt.moment.time").Select(m => Math.Round(m.Value, 9)));
        Assert.Equal(5 * _ms, Assert.Single(ledger.Snapshot().Moments).Time.Sum);
    }

    [Fact]
    public void Spans_are_the_requests_parts_under_the_hosts_span()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Takt" or "Host",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans) spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var host = new ActivitySource("Host");
        var ledger = new Ledger();
        using var telemetry = new LedgerTelemetry(ledger, "spans");
        ActivityContext parent;
        using (Activity span = host.StartActivity("request")!) parent = span.Context;
        ledger.Record(Request(parent: parent));

        Assert.Null(Activity.Current);
        Activity[] mine = [.. spans.Where(span => span.Source.Name == "Takt" && span.TraceId == parent.TraceId)];
        Activity request = Assert.Single(mine, span => span.DisplayName == "chat spans");
        Assert.Equal(parent.SpanId, request.ParentSpanId);
        Assert.Equal(125, request.Duration.TotalMilliseconds, 0.01);
        Assert.Equal((12, 5), (request.GetTagItem("gen_ai.usage.input_tokens"), request.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.Equal(["length"], (string[])request.GetTagItem("gen_ai.response.finish_reasons")!);
        Activity[] parts = [.. mine.Where(span => span.ParentSpanId == request.SpanId)];
        Assert.Equal(["takt.template", "takt.tokenize", "takt.queue", "takt.prefill", "takt.generation"], parts.Select(span => span.DisplayName));
        Assert.Equal([2.0, 3, 10, 30, 80], parts.Select(span => Math.Round(span.Duration.TotalMilliseconds, 2)));
        for (int i = 1; i < parts.Length; i++) Assert.Equal(parts[i - 1].StartTimeUtc + parts[i - 1].Duration, parts[i].StartTimeUtc, TimeSpan.FromMicroseconds(1));
    }

    // What dotnet-counters does through the diagnostics port: it asks this event source for a meter's instruments.
    [Fact]
    public void An_event_listener_gets_the_counters_that_dotnet_counters_shows()
    {
        var ledger = new Ledger();
        int moment = ledger.Register(Stage.Execute, 0, "attention");
        using var telemetry = new LedgerTelemetry(ledger, "events");
        using var counters = new Counters();
        for (int i = 0; i < 200 && !(counters.Seen("takt.cycle.duration", "events") && counters.Seen("takt.moment.time", "events")); i++)
        {
            Cycle(ledger, new CycleWork(0, 1, 1, 1, 9, 9), moment);
            Thread.Sleep(20);
        }

        Assert.True(counters.Seen("takt.cycle.duration", "events"));
        Assert.True(counters.Seen("takt.moment.time", "events"));
    }

    [Fact]
    public void A_ledger_has_one_telemetry_at_a_time()
    {
        var ledger = new Ledger();
        using var telemetry = new LedgerTelemetry(ledger, "quiet");
        Assert.Contains("dispose", Assert.Throws<InvalidOperationException>(() => new LedgerTelemetry(ledger, "quiet")).Message, StringComparison.Ordinal);
        telemetry.Dispose();
        new LedgerTelemetry(ledger, "quiet").Dispose();
    }

    private sealed class Counters : EventListener
    {
        private readonly HashSet<(string, string)> _seen = [];

        public bool Seen(string instrument, string model)
        {
            lock (_seen) return _seen.Any(seen => seen.Item1 == instrument && seen.Item2.Contains($"gen_ai.request.model={model}", StringComparison.Ordinal));
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name != "System.Diagnostics.Metrics") return;
            EnableEvents(eventSource, EventLevel.Informational, (EventKeywords)2, new Dictionary<string, string?>
            {
                ["Metrics"] = "Takt",
                ["RefreshInterval"] = "0.1",
                ["MaxTimeSeries"] = "1000",
                ["MaxHistograms"] = "100",
            });
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventName is not ("HistogramValuePublished" or "CounterRateValuePublished")) return;
            lock (_seen) _seen.Add(((string)eventData.Payload![3]!, (string)eventData.Payload[5]!));
        }
    }
}
