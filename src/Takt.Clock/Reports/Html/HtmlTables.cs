namespace Takt.Clock.Reports.Html;

/// <summary>The parts of the page that are tables.</summary>
internal static class HtmlTables
{
    private const int ShownOps = 10, ShownOutliers = 50;

    /// <summary>The share of each operation, as one bar and as a table.</summary>
    public static void WriteShares(Markup page, PhaseReport phase, Colors colors)
    {
        Bilingual name = Diagnosis.NameOf(phase.Phase);
        page.Raw("<section class=\"card\">").Say("h2", new($"{name.En}: where the time goes", $"{name.Zh}：时间花在哪里"));
        string cycle = Markup.Time(phase.CycleSeconds);
        page.Say("p class=\"soft\"", new(
            $"{phase.Wall.Count} cycles, {phase.Rows} tokens, {cycle} a cycle on average. Times are of a cycle, all layers together.",
            $"{phase.Wall.Count} 个周期，{phase.Rows} 个词元，平均每周期 {cycle}。时间为每周期各层合计。"));
        page.Raw("<div class=\"stack\">");
        foreach (ProfileRow row in phase.All.Moments.Where(static row => row.Share >= 0.002))
            page.Add($"<i style=\"width:{row.Share * 100:0.##}%;background:{colors.Of(row.Op)}\" title=\"{Markup.Escape(row.Op)} {Markup.Percent(row.Share)}\"></i>");
        page.Raw("</div>");
        WriteOps(page, phase, phase.All.Moments.Take(ShownOps), colors);
        if (phase.All.Moments.Count > ShownOps)
        {
            page.Raw("<details>").Say("summary", new("All other operations", "其余操作"));
            WriteOps(page, phase, phase.All.Moments.Skip(ShownOps), colors);
            page.Raw("</details>");
        }

        page.Raw("</section>");
    }

    /// <summary>A cycle's time from stages down to operations.</summary>
    public static void WriteTree(Markup page, PhaseReport phase)
    {
        Bilingual name = Diagnosis.NameOf(phase.Phase);
        page.Raw("<section class=\"card\">").Say("h2", new($"{name.En}: stage, layers, operation", $"{name.Zh}：阶段、层、操作"));
        page.Say("p class=\"soft\"", new("A cycle's mean time, taken apart from the whole to its parts.", "一个周期的平均时间，由整体到部分逐级分解。"));
        page.Raw("<div class=\"scroll\"><table>");
        foreach (TimePart part in TimeTree.Of(phase).Where(static part => part.Depth < 2 || part.Share >= 0.005))
        {
            page.Add($"<tr><td class=\"d{part.Depth}\">").Say(NameOf(part)).Add($"</td><td>{Markup.Time(part.Seconds)}</td><td>{Markup.Percent(part.Share)}</td>");
            page.Add($"<td class=\"b\"><span class=\"bar\" style=\"width:{part.Share * 100:0.#}%;opacity:{1 - 0.25 * part.Depth:0.##}\"></span></td></tr>");
        }

        page.Raw("</table></div></section>");
    }

    /// <summary>Cycles that took unusually long, with what happened meanwhile.</summary>
    public static void WriteOutliers(Markup page, ProfiledRun run)
    {
        CycleRecord[] late = [.. run.Outliers.TakeLast(ShownOutliers)];
        if (late.Length == 0) return;
        page.Raw("<section class=\"card\">").Say("h2", new("Late cycles", "偏慢的周期")).Say("p class=\"soft\"", new(
            "They took longer than cycles with like work; what the runtime and the system did meanwhile may be why.",
            "它们明显慢于工作量相近的周期；其间运行时与系统的活动可能是原因。"));
        page.Raw("<div class=\"scroll\"><table><tr>");
        foreach (Bilingual head in (Bilingual[])[new("cycle", "周期"), new("took", "用时"), new("usual", "通常")]) page.Say("th", head);
        page.Say("th class=\"l\"", new("meanwhile", "其间")).Raw("</tr>");
        foreach (CycleRecord cycle in late)
        {
            page.Add($"<tr><td>{cycle.Number}</td><td>{Markup.Time(cycle.WallSeconds)}</td><td>{Markup.Time(ProfiledRun.Seconds(cycle.TypicalTicks ?? 0))}</td><td class=\"l\">");
            page.Say(ReportTexts.Causes(cycle.Disturbances.Causes)).Raw("</td></tr>");
        }

        page.Raw("</table></div></section>");
    }

    /// <summary>What the page's words mean.</summary>
    public static void WriteWords(Markup page)
    {
        page.Raw("<section class=\"card\">").Say("h2", new("Words", "名词")).Raw("<dl>");
        foreach ((Bilingual word, Bilingual meaning) in ReportTexts.Words) page.Say("dt", word).Say("dd", meaning);
        page.Raw("</dl></section>");
    }

    private static void WriteOps(Markup page, PhaseReport phase, IEnumerable<ProfileRow> rows, Colors colors)
    {
        page.Raw("<div class=\"scroll\"><table><tr>");
        page.Say("th", new("op", "操作")).Say("th", new("time", "时间")).Say("th", new("share", "占比")).Raw("<th class=\"h\"></th>");
        page.Raw("<th>GB/s</th><th>GFLOP/s</th>").Say("th", new("of ceiling", "达上限")).Say("th", new("wait", "等待")).Raw("</tr>");
        double most = phase.All.Moments[0].Share;
        foreach (ProfileRow row in rows)
        {
            double seconds = row.MeanSeconds * row.Calls;
            page.Add($"<tr><td><i class=\"key\" style=\"background:{colors.Of(row.Op)}\"></i>{Markup.Escape(row.Op)}</td><td>{Markup.Time(seconds / phase.Wall.Count)}</td><td>{Markup.Percent(row.Share)}</td>");
            page.Add($"<td class=\"b h\"><span class=\"bar\" style=\"width:{(most > 0 ? row.Share / most * 100 : 0):0.#}%;background:{colors.Of(row.Op)}\"></span></td>");
            page.Add($"<td>{Rate(row.Bytes, seconds)}</td><td>{Rate(row.Flops, seconds)}</td><td>{(row.CeilingShare is { } ceiling && row.Bytes > 0 ? Markup.Percent(ceiling) : "")}</td><td>{Markup.Percent(row.WaitShare)}</td></tr>");
        }

        page.Raw("</table></div>");
    }

    private static string Rate(long work, double seconds) => work > 0 && seconds > 0 ? Markup.Number(work / seconds / 1e9) : "";

    private static Bilingual NameOf(TimePart part) => part switch
    {
        { Stage: null } => new("between moments", "时刻之间"),
        { Op: { } op } => new(op, op),
        { FirstLayer: { } first, LastLayer: { } last } => new($"layers {first}-{last}", $"第 {first}-{last} 层"),
        _ => new(ProfileJson.Name(part.Stage!.Value), ProfileJson.Name(part.Stage.Value)),
    };
}
