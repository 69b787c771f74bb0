namespace Takt.Clock.Reports.Html;

/// <summary>The top of the page: what ran where, the figures to remember, and what limits it.</summary>
internal static class HtmlHead
{
    public static void Write(Markup page, ProfiledRun run)
    {
        page.Add($"<header><div><div class=\"soft\">takt profile</div><h1>{Markup.Escape(run.Model)}</h1>");
        string machine = run.Machine is { } known ? $"{known.Processor}, {known.Tier}, " : "";
        int threads = run.Snapshot.BusyTicks.Count;
        page.Add($"<div class=\"soft\">{Markup.Escape(machine)}").Say(new(
            $"{threads} threads, {run.Snapshot.Cycles.Count} cycles", $"{threads} 个线程，{run.Snapshot.Cycles.Count} 个周期"));
        page.Raw("</div></div><div><button id=\"language\"><span class=\"en\">中文</span><span class=\"zh\">English</span></button> <button id=\"theme\">")
            .Say(new("light / dark", "浅色 / 深色")).Raw("</button></div></header><div class=\"tiles\">");
        foreach (PhaseReport phase in run.Phases) WriteSpeed(page, phase);
        ProfileReport all = run.Report(ProfileGrouping.Op);
        Tile(page, Markup.Percent(all.Coverage), new("of the time explained by moments", "的时间由时刻解释"));
        Tile(page, Markup.Percent(all.WaitShare), new("of threads' time spent waiting", "的线程时间在等待"));
        Tile(page, $"{all.Outliers}", new("cycles took unusually long", "个周期明显偏慢"));
        if (all.JoulesPerToken is { } joules) Tile(page, Markup.Number(joules) + " J", new("a token, the whole processor", "每词元，整个处理器"));
        page.Raw("</div>");
        foreach (PhaseReport phase in run.Phases)
            page.Raw("<div class=\"card verdict\">").Say("p", Diagnosis.Of(phase, run.Machine).Text).Raw("</div>");
        if (run.Phases.Count == 0)
            page.Raw("<div class=\"card verdict\">").Say("p", new("No cycle was recorded: there is nothing to show.", "没有记录到周期：无内容可显示。")).Raw("</div>");
    }

    private static void WriteSpeed(Markup page, PhaseReport phase)
    {
        Bilingual name = Diagnosis.NameOf(phase.Phase);
        Tile(page, Markup.Number(phase.RowsPerSecond), new($"{name.En.ToLowerInvariant()}: tokens a second", $"{name.Zh}：词元/秒"));
        if (phase.Phase == Phase.Generation)
        {
            string deviation = Markup.Time(ProfiledRun.Seconds(phase.Wall.StandardDeviation));
            Tile(page, Markup.Time(phase.CycleSeconds), new($"a cycle, ± {deviation}", $"每周期，± {deviation}"));
        }
    }

    private static void Tile(Markup page, string figure, Bilingual what) =>
        page.Add($"<div class=\"card tile\"><b>{Markup.Escape(figure)}</b>").Say(what).Raw("</div>");
}
