using System.Globalization;

namespace Takt.Cli.Shell;

/// <summary>A text in both languages; <c>{0}</c>, <c>{1}</c>, ... stand for values.</summary>
internal readonly record struct Phrase(string En, string Zh)
{
    /// <summary>The text in <paramref name="language"/>, filled in.</summary>
    public string In(Language language, params object?[] values)
    {
        string text = language == Language.Zh ? Zh : En;
        return values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, values);
    }
}
