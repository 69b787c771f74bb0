using System.Text;

namespace Takt.Clock.Reports.Html;

/// <summary>
/// A profiled run as one HTML page that needs nothing else, no network either: what limits the model, shares, roofline, timeline,
/// distributions. It speaks English and Chinese, by a switch, and follows the reader's light or dark setting.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the page, UTF-8.</summary>
    /// <param name="output">Where.</param>
    /// <param name="run">What.</param>
    /// <param name="chinese">Whether it opens in Chinese.</param>
    public static void Write(Stream output, ProfiledRun run, bool chinese)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(run);
        output.Write(Encoding.UTF8.GetBytes(Page(run, chinese)));
    }

    private static string Page(ProfiledRun run, bool chinese)
    {
        var page = new Markup();
        var colors = new Colors(run);
        page.Add($"<!DOCTYPE html><html lang=\"{(chinese ? "zh" : "en")}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
        page.Add($"<title>{Markup.Escape(run.Model)} - takt profile</title><style>").Raw(Resource("page.css")).Raw("</style></head><body><main>");
        HtmlHead.Write(page, run);
        page.Raw("<div class=\"grid\">");
        foreach (PhaseReport phase in run.Phases) HtmlTables.WriteShares(page, phase, colors);
        WriteRoofline(page, run, colors);
        WriteTimeline(page, run);
        WriteCycle(page, run, colors);
        WriteDistributions(page, run, colors);
        foreach (PhaseReport phase in run.Phases) HtmlTables.WriteTree(page, phase);
        HtmlTables.WriteOutliers(page, run);
        HtmlTables.WriteWords(page);
        page.Raw("</div></main><script>").Raw(Resource("page.js")).Raw("</script></body></html>\n");
        return page.ToString();
    }

    private static void WriteRoofline(Markup page, ProfiledRun run, Colors colors)
    {
        if (run.Phases.Count == 0) return;
        page.Raw("<section class=\"card tall\">").Say("h2", new("Roofline", "屋顶线")).Say("p class=\"soft\"", new(
            "How fast each operation computes, by how much it computes for each byte it moves. Under the slope memory is the limit, under the flat roof arithmetic; the nearer to the line, the better. Circles: generation, squares: prefill; area: share of time.",
            "各操作的计算速度，按每移动一字节所做的运算排列。斜线下受内存所限，平顶下受算力所限；越靠近线越好。圆：生成，方：预填充；面积：时间占比。"));
        RooflinePlot.Draw(page, run, colors);
        colors.WriteLegend(page);
        if (run.Machine is null)
            page.Say("p class=\"soft\"", new("This machine is not calibrated, so its roof is not drawn: run takt calibrate.", "本机尚未校准，故未画屋顶：请运行 takt calibrate。"));
        page.Raw("</section>");
    }

    private static void WriteTimeline(Markup page, ProfiledRun run)
    {
        if (run.Snapshot.Recent.Count == 0) return;
        page.Raw("<section class=\"card\">").Say("h2", new("Cycles over time", "周期时间线")).Say("p class=\"soft\"", new(
            "A dash is a cycle, as long as it took. An even line is a steady beat; red ones took longer than cycles with like work.",
            "每条短线是一个周期，长度即其时长。线越平，节拍越稳；红色表示明显慢于工作量相近的周期。"));
        page.Raw("<p class=\"soft\"><i class=\"key\" style=\"background:var(--prefill)\"></i>").Say(Diagnosis.NameOf(Phase.Prefill));
        page.Raw("&emsp;<i class=\"key\" style=\"background:var(--generation)\"></i>").Say(Diagnosis.NameOf(Phase.Generation));
        page.Raw("&emsp;<i class=\"key\" style=\"background:var(--late)\"></i>").Say(new("late", "偏慢")).Raw("</p>");
        TimelinePlot.DrawCycles(page, run.Snapshot.Recent);
        page.Raw("</section>");
    }

    private static void WriteCycle(Markup page, ProfiledRun run, Colors colors)
    {
        if (run.Phases.Count == 0) return;
        Phase phase = run.Phases[^1].Phase;
        CycleTrace[] cycles = [.. run.Traces.Where(trace => ProfiledRun.PhaseOf(trace.Cycle) == phase).OrderBy(static trace => trace.Cycle.WallTicks)];
        CycleTrace typical = cycles[cycles.Length / 2];
        Bilingual name = Diagnosis.NameOf(phase);
        page.Raw("<section class=\"card\">").Say("h2", new("One cycle from within", "一个周期的内部")).Say("p class=\"soft\"", new(
            $"The moments of cycle {typical.Cycle.Number}, the median one of {name.En.ToLowerInvariant()}, in the order in which they ran. Gaps in a thread's line are waits (of a thread it is known how long it worked in a moment, not when).",
            $"周期 {typical.Cycle.Number}（{name.Zh}的中位周期）的各时刻，按运行顺序。线程行中的空白是等待（只知线程在时刻内工作了多久，不知何时）。"));
        TimelinePlot.DrawOne(page, typical, colors);
        colors.WriteLegend(page);
        page.Raw("</section>");
    }

    private static void WriteDistributions(Markup page, ProfiledRun run, Colors colors)
    {
        const int Shown = 7;
        if (run.Longest is not { } phase) return;
        CycleTrace[] traces = [.. run.Traces.Where(trace => ProfiledRun.PhaseOf(trace.Cycle) == phase.Phase)];
        Bilingual name = Diagnosis.NameOf(phase.Phase);
        page.Raw("<section class=\"card wide\">").Say("h2", new($"Distributions: {name.En.ToLowerInvariant()}", $"分布：{name.Zh}")).Say("p class=\"soft\"", new(
            "How often a cycle, or a call of an operation on one layer, took how long. Solid line: median, dashed: mean; the last column has everything longer. Narrow is steady; two hills are two kinds of calls.",
            "周期或某层某操作一次调用各时长出现的频次。实线：中位数，虚线：均值；最后一列为更长的全部。窄即稳定；双峰即两类调用。"));
        page.Raw("<div class=\"small\"><div>").Say("h3", new("whole cycles", "整个周期"));
        HistogramPlot.Draw(page, new("whole cycles", "整个周期"), traces.Select(static trace => trace.Cycle.WallTicks), "var(--rest)");
        page.Raw("</div>");
        foreach (ProfileRow row in phase.All.Moments.Take(Shown))
        {
            page.Add($"<div><h3>{Markup.Escape(row.Op)}</h3>");
            HistogramPlot.Draw(
                page, new(row.Op, row.Op),
                traces.SelectMany(static trace => trace.Moments).Where(span => span.Moment.Op == row.Op && span.Moment.Stage == row.Stage).Select(static span => span.Ticks),
                colors.Of(row.Op));
            page.Raw("</div>");
        }

        page.Raw("</div></section>");
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
