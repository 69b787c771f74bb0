using System.Globalization;

namespace Takt.Clock.Reports;

/// <summary>A text of a report in its two languages.</summary>
/// <param name="En">English.</param>
/// <param name="Zh">Simplified Chinese.</param>
public readonly record struct Bilingual(string En, string Zh)
{
    /// <summary>Both with the same values filled in, numbers as in English.</summary>
    public Bilingual With(params object?[] values) =>
        new(string.Format(CultureInfo.InvariantCulture, En, values), string.Format(CultureInfo.InvariantCulture, Zh, values));
}
