using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock.Reports;
using Takt.Tuning;

namespace Takt.Cli.Commands;

/// <summary>What <c>takt tune</c> found: the time of a token after each of the six steps, and why.</summary>
/// <param name="result">What was found.</param>
/// <param name="path">The plan's file.</param>
internal sealed class TuneReport(TuneResult result, string path)
{
    private static readonly Phrase[] _names =
        [Texts.TuneGraph, Texts.TuneMoments, Texts.TuneParallel, Texts.TuneRestructure, Texts.TuneHardware, Texts.TuneEvaluate];

    /// <summary>The name of a step.</summary>
    /// <param name="step">1 to 6.</param>
    public static Phrase NameOf(int step) => _names[step - 1];

    /// <summary>Shows the steps and what to do with the plan.</summary>
    public void Print(Terminal terminal)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn(terminal.Say(Texts.TuneColumnStep)).NoWrap());
        foreach (Phrase name in (Phrase[])[Texts.TuneColumnBefore, Texts.TuneColumnAfter])
            table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned().NoWrap());
        table.AddColumn(terminal.Say(Texts.TuneColumnWhy));
        for (int i = 0; i < result.Steps.Count; i++)
        {
            TuneStep step = result.Steps[i];
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            table.AddRow(
                Markup.Escape($"{number} {terminal.Say(_names[i])}"), Units.Seconds(step.Before), Units.Seconds(step.After),
                Markup.Escape(Say(step.Why, terminal)));
        }

        Consoles.Output(terminal).Write(table);
        PlanFigures figures = result.Plan.Figures;
        terminal.Out.WriteLine(terminal.Say(Texts.TuneSummary, 1 / figures.DefaultSeconds, 1 / figures.PlanSeconds, 1 / result.Ratio, figures.Kl));
        if (result.Plan.Model.Fingerprint != result.Plan.Source.Fingerprint)
            terminal.Out.WriteLine(terminal.Say(Texts.TuneWroteModel, result.Plan.Model.Path, Units.Bytes(result.Plan.Model.Bytes)));
        terminal.Out.WriteLine(terminal.Say(Texts.TuneWrote, path, result.Plan.Source.Path));
        terminal.Note(terminal.Say(Texts.TuneTimes));
    }

    /// <summary>Writes one JSON object.</summary>
    public void WriteJson(Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        PlanFigures figures = result.Plan.Figures;
        json.WriteStartObject();
        json.WriteString("plan", Path.GetFullPath(path));
        json.WriteString("model", Path.GetFullPath(result.Plan.Model.Path));
        json.WriteStartArray("steps");
        foreach (TuneStep step in result.Steps)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteNumber("before", step.Before);
            json.WriteNumber("after", step.After);
            json.WriteString("why", Say(step.Why, terminal));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("speedup", 1 / result.Ratio);
        json.WriteNumber("kl_bound", figures.KlBound);
        json.WriteNumber("kl_mean", figures.Kl);
        json.WriteNumber("top1_agreement", result.Quality.Top1Agreement);
        json.WriteNumber("perplexity", figures.PlanPerplexity);
        json.WriteNumber("perplexity_before", figures.DefaultPerplexity);
        json.WriteStartObject("types");
        foreach ((string type, long values) in result.Types) json.WriteNumber(type, values);
        json.WriteEndObject();
        WriteSingles(json);
        json.WriteEndObject();
    });

    private void WriteSingles(Utf8JsonWriter json)
    {
        json.WriteStartArray("singles");
        foreach (SingleType single in result.Singles)
        {
            json.WriteStartObject();
            json.WriteString("type", single.Type);
            json.WriteNumber("kl_mean", single.Kl);
            json.WriteNumber("speedup", 1 / single.Ratio);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Say(Bilingual text, Terminal terminal) => terminal.Language == Language.Zh ? text.Zh : text.En;
}
