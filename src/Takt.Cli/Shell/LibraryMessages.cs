using System.Text.RegularExpressions;

namespace Takt.Cli.Shell;

/// <summary>
/// Translates the messages of the libraries, which speak English only. A message that is not among <see cref="Texts.Library"/> stays as
/// it is; tests provoke the real errors, so that a text changed there and not here is noticed.
/// </summary>
internal static partial class LibraryMessages
{
    /// <summary>The message in <paramref name="language"/>.</summary>
    public static string In(Language language, string message)
    {
        if (language == Language.En) return message;
        foreach (Phrase phrase in Texts.Library)
        {
            Match match = Pattern(phrase).Match(message);
            if (!match.Success) continue;
            // What a message carries may be another message.
            string[] values = [.. match.Groups.Values.Where(g => g.Name.StartsWith('v')).OrderBy(g => int.Parse(g.Name.AsSpan(1))).Select(g => In(language, g.Value))];
            string place = match.Groups["place"] is { Success: true, Value: var path } ? path + "：" : "";
            return place + phrase.In(language, values);
        }

        return message;
    }

    // The English text as a pattern, behind the name of a file or folder and ": " where there is one.
    private static Regex Pattern(Phrase phrase)
    {
        string text = Placeholder().Replace(Regex.Escape(phrase.En), "(?<v$1>.+?)");
        return new Regex($"^(?:(?<place>.+?): )?{text}$", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }

    [GeneratedRegex(@"\\\{(\d+)}")]
    private static partial Regex Placeholder();
}
