using System.Globalization;

namespace Takt.Clock.Reports.Html;

/// <summary>Operations under this machine's roof (Williams et al., 2009): circles generate, squares prefill.</summary>
internal static class RooflinePlot
{
    private const double Width = 480, Height = 330, Left = 44, Right = 470, Top = 12, Bottom = 284;

    // What takes less is noise, and would stretch the axes.
    private const double LeastShare = 0.001;

    private sealed record Point(Phase Phase, ProfileRow Row, double Intensity, double Rate);

    public static void Draw(Markup page, ProfiledRun run, Colors colors)
    {
        Point[] points = [.. run.Phases.SelectMany(static phase => phase.All.Moments
            .Where(static row => row.Bytes > 0 && row.Flops > 0 && row.MeanSeconds > 0 && row.Share >= LeastShare)
            .Select(row => new Point(phase.Phase, row, (double)row.Flops / row.Bytes, row.Flops / (row.MeanSeconds * row.Calls) / 1e9)))];
        MachineProfile? machine = run.Machine;
        double peak = machine?.FlopsPerSecond / 1e9 ?? 0, slope = machine?.ReadBytesPerSecond / 1e9 ?? 0;
        var x = new LogAxis([.. points.Select(static point => point.Intensity), machine is null ? 0 : 2 * peak / slope], Left, Right);
        var y = new LogAxis([.. points.Select(static point => point.Rate), peak], Bottom, Top);

        page.Open(Width, Height, new("Roofline", "屋顶线"));
        foreach (double decade in x.Decades)
        {
            double at = x.At(decade);
            bool last = at > Right - 12;
            page.Line(at, Top, at, Bottom, "rule").Label(last ? Right + 8 : at, Bottom + 17, Power(decade), last ? "end" : "middle");
        }

        foreach (double decade in y.Decades) page.Line(Left, y.At(decade), Right, y.At(decade), "rule").Label(Left - 5, y.At(decade) + 4, Power(decade), "end");
        page.Label((Left + Right) / 2, Bottom + 36, new Bilingual("operations per byte moved", "每移动一字节的运算数"), "middle");
        page.Label(Left + 5, Top + 10, new Bilingual("GFLOP/s", "GFLOP/s"));
        if (machine is not null) DrawRoof(page, x, y, peak, slope);
        foreach (Point point in points.OrderByDescending(static point => point.Row.Share)) Draw(page, point, x.At(point.Intensity), y.At(point.Rate), colors);
        DrawNames(page, points, x, y);
        page.Close();
    }

    private static void DrawRoof(Markup page, LogAxis x, LogAxis y, double peak, double slope)
    {
        double ridge = peak / slope, start = Math.Max(x.Least, y.Least / slope);
        page.Add($"<polyline class=\"roof\" points=\"{x.At(start):0.#},{y.At(start * slope):0.#} {x.At(ridge):0.#},{y.At(peak):0.#} {Right:0.#},{y.At(peak):0.#}\"/>");
        page.Label(Right - 2, y.At(peak) - 5, new Bilingual($"arithmetic: {Markup.Number(peak)} GFLOP/s", $"算力：{Markup.Number(peak)} GFLOP/s"), "end");
        double middle = Math.Sqrt(start * ridge);
        page.Label(x.At(middle) - 6, y.At(middle * slope) - 4, new Bilingual($"memory: {Markup.Number(slope)} GB/s", $"内存：{Markup.Number(slope)} GB/s"), "end");
    }

    private static void Draw(Markup page, Point point, double x, double y, Colors colors)
    {
        double size = Size(point);
        string title = Markup.Escape(
            $"{point.Row.Op} ({ProfileJson.Name(point.Phase)}): {Markup.Number(point.Rate)} GFLOP/s, {Markup.Number(point.Rate / point.Intensity)} GB/s, {Markup.Percent(point.Row.Share)}");
        string fill = colors.Of(point.Row.Op);
        if (point.Phase == Phase.Generation) page.Add($"<circle class=\"point\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{size:0.#}\" fill=\"{fill}\"><title>{title}</title></circle>");
        else page.Add($"<rect class=\"point\" x=\"{x - size:0.#}\" y=\"{y - size:0.#}\" width=\"{2 * size:0.#}\" height=\"{2 * size:0.#}\" fill=\"{fill}\"><title>{title}</title></rect>");
    }

    // The largest have their names beside them, right or left, as far as names cover neither each other nor points.
    private static void DrawNames(Markup page, Point[] points, LogAxis x, LogAxis y)
    {
        const double WidthOfLetter = 6.2, HeightOfLine = 12;
        // What is there already: its left and right end, its middle and half its height.
        List<(double Left, double Right, double Middle, double Half)> taken =
            [.. points.Select(point => (x.At(point.Intensity) - Size(point), x.At(point.Intensity) + Size(point), y.At(point.Rate), Size(point)))];
        foreach (Point point in points.Where(static point => point.Row.Share > 0.03).OrderByDescending(static point => point.Row.Share))
        {
            double size = Size(point), width = point.Row.Op.Length * WidthOfLetter, middle = y.At(point.Rate);
            foreach (double at in (double[])[x.At(point.Intensity) + size + 4, x.At(point.Intensity) - size - 4 - width])
            {
                if (at < Left || at + width > Right || taken.Any(
                    other => Math.Abs(other.Middle - middle) < HeightOfLine / 2 + other.Half && at < other.Right && other.Left < at + width)) continue;
                taken.Add((at, at + width, middle, HeightOfLine / 2));
                page.Label(at, middle + 4, point.Row.Op, "start", "name");
                break;
            }
        }
    }

    private static double Size(Point point) => 3.5 + 9 * Math.Sqrt(point.Row.Share);

    private static string Power(double value) => value >= 0.001 && value < 1e5
        ? value.ToString("0.###", CultureInfo.InvariantCulture)
        : value.ToString("0e0", CultureInfo.InvariantCulture);
}
