using System.Text.Json;

namespace Takt.Clock.Reports;

/// <summary>A profiled run as properties of a JSON object: the contract's names first, what else there is behind them.</summary>
public static class ProfileJson
{
    /// <summary>Writes the properties into the object that is open.</summary>
    /// <param name="json">Where.</param>
    /// <param name="run">What.</param>
    /// <param name="grouping">What a row of <c>moments</c> stands for.</param>
    /// <param name="comparison">Compared with a former run; null for no comparison.</param>
    public static void Write(Utf8JsonWriter json, ProfiledRun run, ProfileGrouping grouping, IReadOnlyList<ComparedOp>? comparison = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(run);
        using JsonDocument report = JsonDocument.Parse(run.Report(grouping).ToJson());
        foreach (JsonProperty property in report.RootElement.EnumerateObject()) property.WriteTo(json);
        using JsonDocument kept = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(
            new ProfileBaseline(run.Model, [.. run.Phases.Select(PhaseSummary.Of)]), ReportJson.Default.ProfileBaseline));
        foreach (JsonProperty property in kept.RootElement.EnumerateObject()) property.WriteTo(json);
        json.WriteStartArray("diagnosis");
        foreach (PhaseReport phase in run.Phases)
        {
            Diagnosis diagnosis = Diagnosis.Of(phase, run.Machine);
            json.WriteStartObject();
            json.WriteString("phase", Name(phase.Phase));
            json.WriteString("limit", diagnosis.Limit.ToString().ToLowerInvariant());
            json.WriteString("text", diagnosis.Text.En);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("predictions");
        foreach (PhaseReport phase in run.Phases)
        {
            if (phase.Prediction is not { } prediction) continue;
            json.WriteStartObject();
            json.WriteString("phase", Name(phase.Phase));
            json.WriteNumber("cycles", prediction.Cycles);
            json.WriteNumber("mape", prediction.MeanError);
            json.WriteNumber("inside", prediction.Inside);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("outlier_cycles");
        foreach (CycleRecord cycle in run.Outliers) Write(json, cycle);
        json.WriteEndArray();
        if (comparison is null) return;
        json.WriteStartArray("comparison");
        foreach (ComparedOp row in comparison) JsonSerializer.Serialize(json, row, ReportJson.Default.ComparedOp);
        json.WriteEndArray();
    }

    /// <summary>A phase's name in files.</summary>
    public static string Name(Phase phase) => phase == Phase.Prefill ? "prefill" : "generation";

    /// <summary>A stage's name in files.</summary>
    public static string Name(Stage stage) => stage == Stage.WriteBack ? "write_back" : stage.ToString().ToLowerInvariant();

    /// <summary>The names of what may have made a cycle late.</summary>
    public static IEnumerable<string> Names(DisturbanceCauses causes) => Enum.GetValues<DisturbanceCauses>()
        .Where(cause => cause != DisturbanceCauses.None && causes.HasFlag(cause))
        .Select(static cause => cause switch
        {
            DisturbanceCauses.GarbageCollection => "gc",
            DisturbanceCauses.PageFaults => "page_faults",
            DisturbanceCauses.Descheduling => "descheduling",
            DisturbanceCauses.Compilation => "compilation",
            _ => "contention",
        });

    private static void Write(Utf8JsonWriter json, CycleRecord cycle)
    {
        json.WriteStartObject();
        json.WriteNumber("number", cycle.Number);
        json.WriteString("phase", Name(ProfiledRun.PhaseOf(cycle)));
        json.WriteNumber("rows", cycle.Work.Rows);
        json.WriteNumber("kv_tokens", cycle.Work.KvTokens);
        json.WriteNumber("wall_s", cycle.WallSeconds);
        json.WriteNumber("typical_s", ProfiledRun.Seconds(cycle.TypicalTicks ?? 0));
        json.WriteStartArray("causes");
        foreach (string cause in Names(cycle.Disturbances.Causes)) json.WriteStringValue(cause);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
