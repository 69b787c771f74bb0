using System.Globalization;
using System.Text;

namespace Takt.Clock.Reports.Html;

/// <summary>HTML and SVG under construction: everything that is not markup goes through <see cref="Escape"/>.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup as it is, numbers with a point.</summary>
    public Markup Add(FormattableString markup)
    {
        _text.Append(markup.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Adds markup as it is.</summary>
    public Markup Raw(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>Adds a text in both languages, of which the page shows one.</summary>
    public Markup Say(Bilingual text) => Add(
        $"<span class=\"en\" lang=\"en\">{Escape(text.En)}</span><span class=\"zh\" lang=\"zh-CN\">{Escape(text.Zh)}</span>");

    /// <summary>Adds an element with a text in both languages.</summary>
    public Markup Say(string element, Bilingual text) => Add($"<{element}>").Say(text).Add($"</{element.Split(' ')[0]}>");

    /// <summary>Adds a label to a drawing in both languages.</summary>
    public Markup Label(double x, double y, Bilingual text, string anchor = "start") => Label(x, y, text.En, anchor, "en").Label(x, y, text.Zh, anchor, "zh");

    /// <summary>Adds a label to a drawing.</summary>
    public Markup Label(double x, double y, string text, string anchor = "start", string style = "") =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" class=\"{style}\">{Escape(text)}</text>");

    /// <summary>Adds a straight line to a drawing.</summary>
    public Markup Line(double x1, double y1, double x2, double y2, string style) =>
        Add($"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" class=\"{style}\"/>");

    /// <summary>Adds a rectangle that says more when it is pointed at.</summary>
    public Markup Rectangle(double x, double y, double width, double height, string fill, string title) =>
        Add($"<rect x=\"{x:0.##}\" y=\"{y:0.#}\" width=\"{width:0.##}\" height=\"{height:0.#}\" fill=\"{fill}\"><title>{Escape(title)}</title></rect>");

    /// <summary>Begins a drawing.</summary>
    public Markup Open(double width, double height, Bilingual name) => Add(
        $"<svg viewBox=\"0 0 {width:0} {height:0}\" role=\"img\" aria-label=\"{Escape(name.En)} / {Escape(name.Zh)}\">");

    /// <summary>Ends a drawing.</summary>
    public Markup Close() => Raw("</svg>");

    /// <summary>Text that may stand in content and in attributes.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            _ = character switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                _ => safe.Append(char.IsControl(character) ? '\uFFFD' : character),
            };
        }

        return safe.ToString();
    }

    /// <summary>A duration in the unit that fits.</summary>
    public static string Time(double seconds) => seconds switch
    {
        0 => "0",
        >= 1 => Number(seconds) + " s",
        >= 1e-3 => Number(seconds * 1e3) + " ms",
        _ => Number(seconds * 1e6) + " µs",
    };

    /// <summary>A number with three digits that count.</summary>
    public static string Number(double value) => value.ToString(value switch
    {
        >= 100 => "0",
        >= 10 => "0.0",
        _ => "0.00",
    }, CultureInfo.InvariantCulture);

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    public override string ToString() => _text.ToString();
}
