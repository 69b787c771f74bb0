using System.Globalization;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;

namespace Takt.Cli.Commands;

/// <summary><c>takt inspect --graph</c>: what a cycle costs, moment by moment, before it runs.</summary>
/// <param name="graph">The model.</param>
/// <param name="shape">The cycle.</param>
/// <param name="profile">This machine's profile; null where it is not calibrated, which leaves times and bounds out.</param>
internal sealed class GraphReport(ModelGraph graph, CycleShape shape, MachineProfile? profile)
{
    private readonly Roofline? _roofline = profile is null ? null : new Roofline(profile, graph.WeightBytes);
    private readonly Prediction? _cycle = profile is null ? null : new CostModel(graph, profile).Predict(shape);

    private sealed record Row(Moment Moment, int Moments, long Parameters, MomentWork Work, MomentCost? Cost);

    /// <summary>Shows it as a table.</summary>
    /// <param name="terminal">Where.</param>
    /// <param name="byOp">Whether a row is an operation over all layers.</param>
    public void Print(Terminal terminal, bool byOp)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in (Phrase[])[Texts.ColumnStage, Texts.ColumnLayer, Texts.ColumnOp]) table.AddColumn(terminal.Say(name));
        Phrase[] numbers =
        [
            Texts.ColumnParameters, Texts.ColumnWeightBytes, Texts.ColumnKvBytes, Texts.ColumnActivationBytes, Texts.ColumnMegaflops,
            Texts.ColumnIntensity, Texts.ColumnPredicted, Texts.ColumnBound,
        ];
        foreach (Phrase name in profile is null ? numbers[..^2] : numbers) table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned());
        foreach (Row row in Rows(byOp)) table.AddRow([.. Cells(row, terminal).Select(static cell => new Spectre.Console.Text(cell))]);
        Consoles.Output(terminal).Write(table);

        MomentWork total = graph.Work(shape);
        void Line(Phrase text, params object?[] values) => terminal.Out.WriteLine(terminal.Say(text, values));
        Line(Texts.GraphTotal, Units.Count(graph.Parameters), Units.Bytes(total.Bytes), total.Flops / 1e9, total.Intensity);
        Line(Texts.GraphOperations, graph.Operations(shape), shape.Rows, graph.Layers, (double)graph.LayerMoments / graph.Layers);
        if (_cycle is { } cycle) Line(Texts.GraphPredicted, Units.Seconds(cycle.Seconds), Units.Seconds(cycle.Low), Units.Seconds(cycle.High));
        else terminal.Note(terminal.Say(Texts.NotCalibrated));
    }

    /// <summary>Writes it as one JSON object.</summary>
    public void WriteJson(Terminal terminal, bool byOp) => JsonOutput.WriteLine(terminal, json =>
    {
        MomentWork total = graph.Work(shape);
        json.WriteStartObject();
        json.WriteNumber("rows", shape.Rows);
        json.WriteNumber("layers", graph.Layers);
        json.WriteNumber("operations", graph.Operations(shape));
        json.WriteNumber("parameters", graph.Parameters);
        json.WriteNumber("bytes", total.Bytes);
        json.WriteNumber("flops", total.Flops);
        if (_cycle is { } cycle)
        {
            json.WriteNumber("predicted_s", cycle.Seconds);
            json.WriteNumber("low_s", cycle.Low);
            json.WriteNumber("high_s", cycle.High);
        }

        json.WriteStartArray("moments");
        foreach (Row row in Rows(byOp))
        {
            json.WriteStartObject();
            json.WriteString("stage", StageName(row.Moment.Stage));
            if (row.Moment.Layer == Moment.NoLayer) json.WriteNull("layer");
            else json.WriteNumber("layer", row.Moment.Layer);
            json.WriteString("op", row.Moment.Op);
            json.WriteNumber("moments", row.Moments);
            json.WriteNumber("parameters", row.Parameters);
            json.WriteNumber("weight_bytes", row.Work.WeightBytes);
            json.WriteNumber("kv_bytes", row.Work.KvBytes);
            json.WriteNumber("activation_bytes", row.Work.ActivationBytes);
            json.WriteNumber("flops", row.Work.Flops);
            json.WriteNumber("intensity", row.Work.Intensity);
            if (row.Cost is { } cost)
            {
                json.WriteNumber("predicted_s", cost.Seconds);
                json.WriteString("bound", cost.Bound.ToString().ToLowerInvariant());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private IEnumerable<Row> Rows(bool byOp) => graph.Moments
        .GroupBy(moment => byOp ? moment.Moment with { Layer = Moment.NoLayer } : moment.Moment)
        .Select(same => new Row(
            same.Key, same.Count(), same.Sum(static moment => moment.Parameters),
            same.Aggregate(default(MomentWork), (sum, moment) => sum + moment.Work(shape)), Cost(same)));

    private MomentCost? Cost(IEnumerable<GraphMoment> moments)
    {
        if (_roofline is null) return null;
        MomentCost[] costs = [.. moments.Select(moment => _roofline.Cost(moment, shape))];
        return new MomentCost(
            costs.Sum(static cost => cost.MemorySeconds), costs.Sum(static cost => cost.ComputeSeconds), costs.Sum(static cost => cost.OverheadSeconds));
    }

    private static IEnumerable<string> Cells(Row row, Terminal terminal)
    {
        yield return StageName(row.Moment.Stage);
        yield return row.Moment.Layer == Moment.NoLayer ? "" : row.Moment.Layer.ToString(CultureInfo.InvariantCulture);
        yield return row.Moment.Op;
        yield return row.Parameters == 0 ? "" : Units.Count(row.Parameters);
        foreach (long bytes in (long[])[row.Work.WeightBytes, row.Work.KvBytes, row.Work.ActivationBytes])
            yield return bytes == 0 ? "" : Units.Bytes(bytes);
        yield return row.Work.Flops == 0 ? "" : (row.Work.Flops / 1e6).ToString("0.###", CultureInfo.InvariantCulture);
        yield return row.Work.Intensity.ToString("0.00", CultureInfo.InvariantCulture);
        if (row.Cost is not { } cost) yield break;
        yield return Units.Seconds(cost.Seconds);
        yield return terminal.Say(cost.Bound switch
        {
            Bound.Memory => Texts.BoundMemory,
            Bound.Compute => Texts.BoundCompute,
            _ => Texts.BoundOverhead,
        });
    }

    private static string StageName(Stage stage) => stage == Stage.WriteBack ? "write_back" : stage.ToString().ToLowerInvariant();
}
