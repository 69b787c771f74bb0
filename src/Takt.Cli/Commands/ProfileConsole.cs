using System.Globalization;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Clock.Reports;

namespace Takt.Cli.Commands;

/// <summary>A profiled run on the console.</summary>
/// <param name="run">What.</param>
/// <param name="terminal">Where.</param>
internal sealed class ProfileConsole(ProfiledRun run, Terminal terminal)
{
    private const int ShownOutliers = 5, BarWidth = 30;
    private const double LeastShown = 0.01;

    /// <summary>Shows each phase's rows, where a cycle's time goes, late cycles, and what to make of it.</summary>
    /// <param name="grouping">What a row stands for.</param>
    /// <param name="top">Rows of each phase.</param>
    public void Print(ProfileGrouping grouping, int top)
    {
        foreach (PhaseReport phase in run.Phases) PrintPhase(phase, phase.Report(grouping), top);
        if (run.Phases.Count > 0) PrintTree(run.Phases[^1]);
        ProfileReport report = run.Report(grouping);
        Line(
            Texts.ProfileSummary, Units.Seconds(report.WallSeconds), run.Snapshot.Cycles.Count, report.Coverage * 100,
            report.WaitShare * 100, run.Snapshot.BusyTicks.Count);
        foreach (PhaseReport phase in run.Phases)
        {
            if (phase.Prediction is { } said)
                Line(Texts.ProfilePrediction, Say(Diagnosis.NameOf(phase.Phase)), said.Cycles, said.MeanError * 100, said.Inside * 100);
        }

        PrintOutliers(report.Outliers);
        if (report.EnergyJoules is { } joules) Line(Texts.ProfileEnergy, joules, report.JoulesPerToken ?? 0);
        else Line(Texts.ProfileNoEnergy, report.EnergyUnavailable);
        if (run.Machine is null) Line(Texts.ProfileNoCeiling);
        foreach (PhaseReport phase in run.Phases) terminal.Out.WriteLine(Say(Diagnosis.Of(phase, run.Machine).Text));
    }

    /// <summary>Shows where the request's time went, its text included.</summary>
    public void Print(ProfiledRequest request) => Line(
        Texts.ProfileRequest, Ticks(request.WallTicks), request.Coverage * 100, request.CycleCoverage * 100,
        string.Join(", ", request.Shares.Select(static part => $"{part.Name} {Percent(part.Share)}")));

    /// <summary>Shows a comparison with a former run.</summary>
    public void Print(IReadOnlyList<ComparedOp> comparison, ProfileBaseline baseline, string file)
    {
        Line(Texts.ProfileComparedWith, Printable.OnOneLine(file));
        if (baseline.Model is { } other && other != run.Model) Line(Texts.ProfileOtherModel, Printable.OnOneLine(other));
        Table table = Columns(
            [Texts.ColumnPhase, Texts.ColumnStage, Texts.ColumnOp],
            [Texts.ColumnBefore, Texts.ColumnAfter, Texts.ColumnRatio, Texts.ColumnPValue]);
        table.AddColumn("");
        foreach (ComparedOp row in comparison)
        {
            Add(table, [
                Say(Diagnosis.NameOf(row.Phase)), row.Stage is { } stage ? ProfileJson.Name(stage) : "", Printable.OnOneLine(row.Op),
                row.Before is { } before ? Units.Seconds(before) : "", row.After is { } after ? Units.Seconds(after) : "",
                Number(row.Ratio, "0.000"), Number(row.Probability, "0.0000"), row.Significant ? "*" : "",
            ]);
        }

        Consoles.Output(terminal).Write(table);
    }

    private void PrintPhase(PhaseReport phase, ProfileReport report, int top)
    {
        Line(
            Texts.ProfilePhase, Say(Diagnosis.NameOf(phase.Phase)), phase.Wall.Count, phase.Rows, phase.RowsPerSecond, Units.Seconds(phase.CycleSeconds),
            Ticks(phase.Wall.StandardDeviation), Ticks(phase.Wall.Percentile(0.5)), Ticks(phase.Wall.Percentile(0.99)), report.WaitShare * 100);
        Phrase[] numbers =
        [
            Texts.ColumnCalls, Texts.ColumnMean, Texts.ColumnDeviation, Texts.ColumnMedian, Texts.ColumnP90, Texts.ColumnP99, Texts.ColumnMax,
            Texts.ColumnShare, Texts.ColumnWait, Texts.ColumnBandwidth, Texts.ColumnFlops, Texts.ColumnCeiling,
        ];
        Table table = Columns([Texts.ColumnStage, Texts.ColumnLayer, Texts.ColumnOp], run.Machine is null ? numbers[..^1] : numbers);
        foreach (ProfileRow row in report.Moments.Take(top)) Add(table, run.Machine is null ? Cells(row).SkipLast(1) : Cells(row));
        Consoles.Output(terminal).Write(table);
        if (report.Moments.Count > top) Line(Texts.MoreRows, report.Moments.Count - top);
    }

    private void PrintTree(PhaseReport phase)
    {
        Line(Texts.ProfileTree, Say(Diagnosis.NameOf(phase.Phase)), Units.Seconds(phase.CycleSeconds));
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned())
            .AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        foreach (TimePart part in TimeTree.Of(phase).Where(static part => part.Share >= LeastShown || part.Depth == 0))
        {
            string bar = new('█', (int)Math.Round(part.Share * BarWidth));
            Add(table, [new string(' ', 2 + 2 * part.Depth) + NameOf(part), Units.Seconds(part.Seconds), Percent(part.Share), bar]);
        }

        Consoles.Output(terminal).Write(table);
        terminal.Out.WriteLine();
    }

    private void PrintOutliers(long count)
    {
        if (count == 0) return;
        Line(Texts.ProfileOutliers, count);
        foreach (CycleRecord cycle in run.Outliers.TakeLast(ShownOutliers))
            Line(Texts.ProfileOutlier, cycle.Number, Units.Seconds(cycle.WallSeconds), Ticks(cycle.TypicalTicks ?? 0), Say(ReportTexts.Causes(cycle.Disturbances.Causes)));
    }

    private string NameOf(TimePart part) => part switch
    {
        { Stage: null } => terminal.Say(Texts.ProfileBetween),
        { Op: { } op } => op,
        { FirstLayer: { } first, LastLayer: { } last } => terminal.Say(Texts.ProfileLayers, first, last),
        _ => ProfileJson.Name(part.Stage!.Value),
    };

    private static IEnumerable<string> Cells(ProfileRow row)
    {
        double total = row.MeanSeconds * row.Calls;
        yield return ProfileJson.Name(row.Stage);
        yield return row.Layer?.ToString(CultureInfo.InvariantCulture) ?? "";
        yield return row.Op;
        yield return row.Calls.ToString(CultureInfo.InvariantCulture);
        yield return Units.Seconds(row.MeanSeconds);
        yield return row.Calls < 2 ? "" : Units.Seconds(row.StandardDeviationSeconds);
        yield return Units.Seconds(row.MedianSeconds);
        yield return Units.Seconds(row.P90Seconds);
        yield return Units.Seconds(row.P99Seconds);
        yield return Units.Seconds(row.MaxSeconds);
        yield return Percent(row.Share);
        yield return Percent(row.WaitShare);
        yield return total > 0 && row.Bytes > 0 ? Number(row.Bytes / total / 1e9, "0.0") : "";
        yield return total > 0 && row.Flops > 0 ? Number(row.Flops / total / 1e9, "0.0") : "";
        yield return row.CeilingShare is { } share && row.Bytes > 0 ? Percent(share) : "";
    }

    private Table Columns(Phrase[] texts, Phrase[] numbers)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (Phrase name in texts) table.AddColumn(terminal.Say(name));
        foreach (Phrase name in numbers) table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned().NoWrap());
        return table;
    }

    private static void Add(Table table, IEnumerable<string> cells) => table.AddRow([.. cells.Select(static cell => new Spectre.Console.Text(cell))]);

    private void Line(Phrase text, params object?[] values) => terminal.Out.WriteLine(terminal.Say(text, values));

    private string Say(Bilingual text) => terminal.Language == Language.Zh ? text.Zh : text.En;

    private static string Ticks(double ticks) => Units.Seconds(ticks / System.Diagnostics.Stopwatch.Frequency);

    private static string Percent(double share) => Number(share * 100, "0.0") + " %";

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
