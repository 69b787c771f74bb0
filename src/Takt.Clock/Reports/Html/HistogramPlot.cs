namespace Takt.Clock.Reports.Html;

/// <summary>How often a time occurred, in equal steps; the last one has all that took longer.</summary>
internal static class HistogramPlot
{
    private const double Width = 300, Height = 118, Left = 6, Right = 294, Top = 8, Bottom = 92;
    private const int Bins = 32;
    private const double Shown = 0.98;

    public static void Draw(Markup page, Bilingual name, IEnumerable<long> ticks, string color)
    {
        double[] sorted = [.. ticks.Select(static value => ProfiledRun.Seconds(value)).Order()];
        double least = sorted[0], most = sorted[(int)(Shown * (sorted.Length - 1))], mean = sorted.Average(), median = sorted[sorted.Length / 2];
        if (most <= least) most = least + Math.Max(least / 100, 1e-9);
        int[] counts = new int[Bins];
        foreach (double value in sorted) counts[Math.Min(Bins - 1, (int)((value - least) / (most - least) * (Bins - 1)))]++;
        double highest = counts.Max(), step = (Right - Left) / Bins;
        double At(double value) => Left + Math.Min(Bins - 0.5, (value - least) / (most - least) * (Bins - 1)) * step;

        page.Open(Width, Height, name);
        for (int bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] == 0) continue;
            double height = Math.Max(1.5, (Bottom - Top) * counts[bin] / highest), from = least + (most - least) * bin / (Bins - 1);
            page.Rectangle(Left + bin * step, Bottom - height, step - 1, height, color, $"{(bin == Bins - 1 ? ">= " : "")}{Markup.Time(from)}: {counts[bin]}");
        }

        page.Line(Left, Bottom, Right, Bottom, "axis").Line(At(median), Top, At(median), Bottom, "median").Line(At(mean), Top, At(mean), Bottom, "mean");
        page.Label(Left, Bottom + 15, Markup.Time(least)).Label(Right, Bottom + 15, "≥ " + Markup.Time(most), "end").Close();
    }
}
