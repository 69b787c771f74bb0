using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Clock.Reports;

namespace Takt.Cli.Commands;

/// <summary><c>takt profile</c>: generates a text and shows where the time went.</summary>
internal static class ProfileCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("profile", terminal.Say(Texts.Profile));
        var model = new ModelFlags(terminal, command);
        var prompt = new Argument<string?>("PROMPT") { Description = terminal.Say(Texts.RunPrompt), Arity = ArgumentArity.ZeroOrOne };
        Option<string> by = terminal.Word("--by", Texts.ProfileBy, "op", "moment", "layer");
        NumberOption top = terminal.Whole("--top", Texts.ProfileTop, 30, 1, int.MaxValue);
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        command.Add(prompt);
        command.Add(by);
        command.Add(top);
        command.Add(json);
        var sampling = new SamplingFlags(terminal, command, maxTokens: 128, temperature: 0);
        command.SetAction(parse =>
        {
            string? text = PromptText.Read(parse.GetValue(prompt), terminal);
            GenerationOptions options = sampling.Read(parse);
            using TaktModel loaded = model.OpenForText(parse);
            var times = new TextTimes();
            int[] ids = PromptText.Encode(loaded, text, null, raw: false, times);
            Generation generation = loaded.Generate(ids, options, times, terminal.Interrupt.Token);
            generation.ToEnd();
            LedgerSnapshot snapshot = loaded.Engine.Ledger.Snapshot();
            bool asJson = json.In(parse);
            // The contract's rows are moments; sums over layers are for people.
            bool chosen = parse.GetResult(by) is { Implicit: false };
            ProfileGrouping grouping = asJson && !chosen ? ProfileGrouping.Moment : Grouping(parse.GetValue(by)!);
            ProfileReport report = ProfileReport.From(snapshot, grouping);
            if (asJson)
            {
                WriteJson(report, loaded, terminal);
            }
            else
            {
                Print(report, snapshot, top.Int(parse), terminal);
                terminal.Out.WriteLine(MemoryReport.Line(loaded, terminal));
                terminal.Note(RunCommand.Summary(generation, terminal));
            }
        });
        return command;
    }

    private static ProfileGrouping Grouping(string by) => by switch
    {
        "moment" => ProfileGrouping.Moment,
        "layer" => ProfileGrouping.Layer,
        _ => ProfileGrouping.Op,
    };

    // The report knows nothing of models: what is to be said of this one comes behind it.
    private static void WriteJson(ProfileReport report, TaktModel model, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        using JsonDocument document = JsonDocument.Parse(report.ToJson());
        json.WriteStartObject();
        foreach (JsonProperty property in document.RootElement.EnumerateObject()) property.WriteTo(json);
        MemoryReport.Write(json, model);
        ModelFlags.WriteNumerics(json, model.Numerics);
        json.WriteEndObject();
    });

    private static void Print(ProfileReport report, LedgerSnapshot snapshot, int top, Terminal terminal)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in (Phrase[])[Texts.ColumnStage, Texts.ColumnLayer, Texts.ColumnOp]) table.AddColumn(terminal.Say(name));
        foreach (Phrase name in (Phrase[])[
            Texts.ColumnCalls, Texts.ColumnMean, Texts.ColumnDeviation, Texts.ColumnMedian, Texts.ColumnP90, Texts.ColumnP99, Texts.ColumnMax,
            Texts.ColumnShare, Texts.ColumnWait, Texts.ColumnBandwidth, Texts.ColumnFlops])
            table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned());
        foreach (ProfileRow row in report.Moments.Take(top)) table.AddRow([.. Cells(row).Select(cell => new Spectre.Console.Text(cell))]);
        Consoles.Output(terminal).Write(table);
        if (report.Moments.Count > top) terminal.Out.WriteLine(terminal.Say(Texts.MoreRows, report.Moments.Count - top));
        terminal.Out.WriteLine(terminal.Say(
            Texts.ProfileSummary, Units.Seconds(report.WallSeconds), snapshot.Cycles.Count, report.Coverage * 100,
            report.WaitShare * 100, snapshot.BusyTicks.Count));
        if (report.Outliers > 0) terminal.Out.WriteLine(terminal.Say(Texts.ProfileOutliers, report.Outliers));
        terminal.Out.WriteLine(report.EnergyJoules is { } joules
            ? terminal.Say(Texts.ProfileEnergy, joules, report.JoulesPerToken ?? 0)
            : terminal.Say(Texts.ProfileNoEnergy, report.EnergyUnavailable!));
    }

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static IEnumerable<string> Cells(ProfileRow row)
    {
        double total = row.MeanSeconds * row.Calls;
        yield return row.Stage == Stage.WriteBack ? "write_back" : row.Stage.ToString().ToLowerInvariant();
        yield return row.Layer?.ToString(CultureInfo.InvariantCulture) ?? "";
        yield return row.Op;
        yield return row.Calls.ToString(CultureInfo.InvariantCulture);
        yield return Units.Seconds(row.MeanSeconds);
        yield return Units.Seconds(row.StandardDeviationSeconds);
        yield return Units.Seconds(row.MedianSeconds);
        yield return Units.Seconds(row.P90Seconds);
        yield return Units.Seconds(row.P99Seconds);
        yield return Units.Seconds(row.MaxSeconds);
        yield return Percent(row.Share);
        yield return Percent(row.WaitShare);
        yield return total > 0 && row.Bytes > 0 ? (row.Bytes / total / 1e9).ToString("0.0", CultureInfo.InvariantCulture) : "";
        yield return total > 0 && row.Flops > 0 ? (row.Flops / total / 1e9).ToString("0.0", CultureInfo.InvariantCulture) : "";
    }
}
