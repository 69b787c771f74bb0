using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Takt.Clock.Telemetry;

/// <summary>
/// Tells .NET's meters and tracers what a ledger records: <c>dotnet-counters</c>, OpenTelemetry or whoever listens to the meter and the
/// activity source of <see cref="Name"/>. Where nobody listens a cycle or a request costs a few comparisons more.
/// </summary>
/// <remarks>The engine knows no names of models, so the host, which does, makes it.</remarks>
public sealed class LedgerTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Takt";

    private const string Model = "gen_ai.request.model";

    private static readonly Lock _gate = new();
    private static readonly List<LedgerTelemetry> _all = [];

    // Ticks of ledgers that told formerly: a counter never falls, and what is read last is read when models are closed already.
    private static readonly Dictionary<(string Model, Stage Stage, string Op), long> _ended = [];

    private readonly Ledger _ledger;
    private readonly string _model;

    /// <summary>Begins to tell.</summary>
    /// <param name="ledger">What of; one telemetry a ledger.</param>
    /// <param name="model">The model that requests are made to, which becomes <c>gen_ai.request.model</c>.</param>
    /// <exception cref="InvalidOperationException">The ledger has one already.</exception>
    public LedgerTelemetry(Ledger ledger, string model)
    {
        if (ledger.Telemetry is not null) throw new InvalidOperationException("this ledger has its telemetry already; dispose of that first");
        _ledger = ledger;
        _model = model;
        ledger.Telemetry = this;
        lock (_gate) _all.Add(this);
    }

    /// <summary>Stops telling.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_all.Remove(this)) return;
            if (ClockMeter.Moments.Enabled) AddTo(_ended);
            _ledger.Telemetry = null;
        }
    }

    /// <summary>A cycle has ended.</summary>
    internal void Cycle(in CycleWork work, long ticks, double? predictedSeconds)
    {
        if (ClockMeter.Cycle.Enabled)
        {
            string kind = work.PrefillRows == 0 ? "generation" : work.GenerationRows == 0 ? "prefill" : "mixed";
            ClockMeter.Cycle.Record(Seconds(ticks), new KeyValuePair<string, object?>(Model, _model), new("takt.cycle.kind", kind));
        }

        if (predictedSeconds is { } predicted && ClockMeter.PredictionError.Enabled)
            ClockMeter.PredictionError.Record(predicted / Seconds(ticks) - 1, new KeyValuePair<string, object?>(Model, _model));
    }

    /// <summary>A request has ended.</summary>
    internal void Request(RequestRecord request)
    {
        if (!ClockMeter.HearsRequests) return;
        // What came through a chat template was a conversation.
        string operation = request.TemplateTicks > 0 ? "chat" : "text_completion";
        var tags = new TagList { { "gen_ai.operation.name", operation }, { "gen_ai.provider.name", "takt" }, { Model, _model } };
        RequestSpans.Write(request, operation, _model, tags);
        if (ClockMeter.Tokens.Enabled)
        {
            ClockMeter.Tokens.Record(request.PromptTokens, [.. tags, new("gen_ai.token.type", "input")]);
            ClockMeter.Tokens.Record(request.GeneratedTokens, [.. tags, new("gen_ai.token.type", "output")]);
        }

        bool failed = request.StopReason == "failed";
        if (!failed && request.FirstTokenTicks is { } first)
        {
            ClockMeter.FirstToken.Record(Seconds(first - request.SubmittedTicks), tags);
            if (request.GeneratedTokens > 1)
                ClockMeter.PerOutputToken.Record(Seconds(request.GenerationTicks) / (request.GeneratedTokens - 1), tags);
        }

        if (failed) tags.Add("error.type", request.StopReason);
        ClockMeter.Operation.Record(Seconds(request.TotalTicks), tags);
        ClockMeter.Request.Record(Seconds(request.EndedTicks - request.SubmittedTicks), tags);
    }

    /// <summary>Time of every operation of every ledger.</summary>
    internal static IEnumerable<Measurement<double>> ReadMoments()
    {
        Dictionary<(string Model, Stage Stage, string Op), long> ticks;
        lock (_gate)
        {
            ticks = new(_ended);
            foreach (LedgerTelemetry telemetry in _all) telemetry.AddTo(ticks);
        }

        return ticks.Select(static entry => new Measurement<double>(
            Seconds(entry.Value), new(Model, entry.Key.Model), new("takt.stage", StageName(entry.Key.Stage)), new("takt.op", entry.Key.Op)));
    }

    private void AddTo(Dictionary<(string Model, Stage Stage, string Op), long> ticks)
    {
        foreach (MomentTotals moment in _ledger.Snapshot().Moments)
        {
            (string, Stage, string) key = (_model, moment.Moment.Stage, moment.Moment.Op);
            ticks[key] = ticks.GetValueOrDefault(key) + moment.EverTicks;
        }
    }

    private static string StageName(Stage stage) => stage == Stage.WriteBack ? "write_back" : stage.ToString().ToLowerInvariant();

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
