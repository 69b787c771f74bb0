namespace Takt.Clock.Reports.Html;

/// <summary>Cycles over time, and one cycle from within.</summary>
internal static class TimelinePlot
{
    private const double Width = 480, Left = 64, Right = 470;
    // More are not seen on any screen, and a page stays small.
    private const int MostRectangles = 3000, MostThreads = 8;
    private const double Thinnest = 0.08;

    /// <summary>Draws every cycle kept: to the right time, upwards how long it took.</summary>
    public static void DrawCycles(Markup page, IReadOnlyList<CycleRecord> cycles)
    {
        const double Height = 230, Top = 10, Bottom = 186;
        long origin = cycles[0].StartTicks;
        double all = Math.Max(1, cycles[^1].StartTicks + cycles[^1].WallTicks - origin);
        var y = new LogAxis(cycles.Select(static cycle => cycle.WallSeconds), Bottom, Top);
        double At(long ticks) => Left + (Right - Left) * (ticks - origin) / all;

        page.Open(Width, Height, new("Timeline of cycles", "周期时间线"));
        foreach (double decade in y.Decades) page.Line(Left, y.At(decade), Right, y.At(decade), "rule").Label(Left - 5, y.At(decade) + 4, Unit(decade), "end");
        foreach (double part in (double[])[0, 0.25, 0.5, 0.75, 1])
            page.Label(Left + (Right - Left) * part, Bottom + 16, Markup.Time(ProfiledRun.Seconds(all) * part), part == 0 ? "start" : part == 1 ? "end" : "middle");
        page.Label((Left + Right) / 2, Bottom + 34, new Bilingual("time since the first cycle; upwards: how long a cycle took", "自首个周期起的时间；纵轴：周期时长"), "middle");
        foreach (CycleRecord cycle in cycles)
        {
            Phase phase = ProfiledRun.PhaseOf(cycle);
            string late = cycle.IsOutlier ? $"; late: {string.Join(", ", ProfileJson.Names(cycle.Disturbances.Causes))}" : "";
            string predicted = cycle.PredictedSeconds is { } seconds ? $", predicted {Markup.Time(seconds)}" : "";
            double height = cycle.IsOutlier ? 6 : 4;
            page.Rectangle(
                At(cycle.StartTicks), y.At(Math.Max(y.Least, cycle.WallSeconds)) - height / 2,
                Math.Max(1.5, At(cycle.StartTicks + cycle.WallTicks) - At(cycle.StartTicks)), height,
                cycle.IsOutlier ? "var(--late)" : phase == Phase.Prefill ? "var(--prefill)" : "var(--generation)",
                $"#{cycle.Number} {ProfileJson.Name(phase)}, {cycle.Work.Rows} rows, KV {cycle.Work.KvTokens}: {Markup.Time(cycle.WallSeconds)}{predicted}{late}");
        }

        page.Close();
    }

    /// <summary>Draws the moments of a cycle and when its threads worked.</summary>
    public static void DrawOne(Markup page, CycleTrace trace, Colors colors)
    {
        const double Line = 26, Bar = 20, Top = 6;
        int threads = Math.Min(MostThreads, trace.Cycle.BusyTicks.Count);
        if (trace.Moments.Count * (threads + 1) > MostRectangles) threads = 0;
        double bottom = Top + Line * (threads + 1);
        double scale = (Right - Left) / Math.Max(1, trace.Cycle.WallTicks);
        page.Open(Width, bottom + 22, new("One cycle", "一个周期"));
        page.Label(Left - 5, Top + 14, new Bilingual("moments", "时刻"), "end");
        for (int thread = 0; thread < threads; thread++)
            page.Label(Left - 5, Top + Line * (thread + 1) + 14, new Bilingual($"thread {thread}", $"线程 {thread}"), "end");
        foreach (MomentSpan span in trace.Moments)
        {
            double x = Left + (span.StartTicks - trace.Cycle.StartTicks) * scale, width = span.Ticks * scale;
            if (width < Thinnest) continue;
            string layer = span.Moment.Layer == Moment.NoLayer ? "" : $" {span.Moment.Layer}";
            page.Rectangle(x, Top, width, Bar, colors.Of(span.Moment.Op), $"{span.Moment.Op}{layer}: {Markup.Time(ProfiledRun.Seconds(span.Ticks))}");
            for (int thread = 0; thread < threads; thread++)
            {
                double busy = Math.Min(span.BusyTicks.Span[thread], span.Ticks) * scale;
                if (busy >= Thinnest) page.Add($"<rect x=\"{x:0.##}\" y=\"{Top + Line * (thread + 1):0.#}\" width=\"{busy:0.##}\" height=\"{Bar:0.#}\" fill=\"{colors.Of(span.Moment.Op)}\"/>");
            }
        }

        page.Label(Left, bottom + 12, "0").Label(Right, bottom + 12, Markup.Time(trace.Cycle.WallSeconds), "end").Close();
    }

    private static string Unit(double decade) => decade switch
    {
        >= 1 => $"{decade:0} s",
        >= 1e-3 => $"{decade * 1e3:0} ms",
        _ => $"{decade * 1e6:0} µs",
    };
}
