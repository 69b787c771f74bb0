namespace Takt.Clock.Reports.Html;

/// <summary>A colour for each operation, the same all over the page: the eight that take most time have one of their own.</summary>
internal sealed class Colors
{
    private const int Own = 8;
    private readonly Dictionary<string, string> _colors;

    public Colors(ProfiledRun run) => _colors = run.Phases
        .SelectMany(static phase => phase.All.Moments)
        .GroupBy(static row => row.Op)
        .OrderByDescending(static op => op.Max(static row => row.Share))
        .Take(Own)
        .Select(static (op, i) => (op.Key, Color: $"var(--c{i})"))
        .ToDictionary(static op => op.Key, static op => op.Color);

    /// <summary>Says which colour is which operation's.</summary>
    public void WriteLegend(Markup page)
    {
        page.Raw("<p class=\"soft legend\">");
        foreach ((string op, string color) in _colors.OrderBy(static entry => entry.Value, StringComparer.Ordinal))
            page.Add($"<span><i class=\"key\" style=\"background:{color}\"></i>{Markup.Escape(op)}</span> ");
        page.Raw("<span><i class=\"key\" style=\"background:var(--rest)\"></i>").Say(new("others", "其他")).Raw("</span></p>");
    }

    /// <summary>The colour as CSS has it.</summary>
    public string Of(string op) => _colors.GetValueOrDefault(op, "var(--rest)");
}
