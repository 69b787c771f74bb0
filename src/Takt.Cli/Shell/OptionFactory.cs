using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Takt.Cli.Shell;

/// <summary>Makes options whose errors are in the terminal's language.</summary>
internal static class OptionFactory
{
    /// <summary>An option with a number between <paramref name="min"/> and <paramref name="max"/>; its default is shown in the help.</summary>
    public static Option<T> Number<T>(this Terminal terminal, string name, Phrase text, T start, T min, T max, string? alias = null)
        where T : struct, INumber<T> => new(name, alias is null ? [] : [alias])
        {
            Description = terminal.Say(text) + " " + terminal.Say(Texts.HelpDefault, start.ToString(null, CultureInfo.InvariantCulture)),
            HelpName = "N",
            DefaultValueFactory = _ => start,
            CustomParser = result => Parse(terminal, result, min, max) ?? start,
        };

    /// <summary>The same, null where it is not given.</summary>
    public static Option<T?> OptionalNumber<T>(this Terminal terminal, string name, Phrase text, T min, T max, string? alias = null)
        where T : struct, INumber<T> => new(name, alias is null ? [] : [alias])
        {
            Description = terminal.Say(text),
            HelpName = "N",
            CustomParser = result => Parse(terminal, result, min, max),
        };

    /// <summary>An option that is there or not.</summary>
    public static Option<bool> Flag(this Terminal terminal, string name, Phrase text, string? alias = null) =>
        new(name, alias is null ? [] : [alias]) { Description = terminal.Say(text) };

    /// <summary>An option with one of a few words; the first is the default.</summary>
    public static Option<string> Word(this Terminal terminal, string name, Phrase text, params string[] words) => new(name)
    {
        Description = terminal.Say(text) + " " + terminal.Say(Texts.HelpDefault, words[0]),
        HelpName = string.Join('|', words),
        DefaultValueFactory = _ => words[0],
        CustomParser = result => OneOf(terminal, name, result, words),
    };

    /// <summary>The argument's word in lower case; an error where it is not among <paramref name="words"/>.</summary>
    public static string OneOf(Terminal terminal, string name, ArgumentResult result, IReadOnlyCollection<string> words)
    {
        string word = result.Tokens[0].Value.ToLowerInvariant();
        if (!words.Contains(word))
            result.AddError(terminal.Say(Texts.NotAmong, name, result.Tokens[0].Value, string.Join(", ", words)));
        return word;
    }

    private static T? Parse<T>(Terminal terminal, ArgumentResult result, T min, T max) where T : struct, INumber<T>
    {
        string token = result.Tokens[0].Value;
        string name = ((OptionResult)result.Parent!).IdentifierToken!.Value;
        if (!T.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) || T.IsNaN(value))
        {
            bool whole = T.IsZero(T.CreateTruncating(0.5));
            result.AddError(terminal.Say(whole ? Texts.NotAWholeNumber : Texts.NotANumber, name, token));
            return null;
        }

        if (value >= min && value <= max) return value;
        result.AddError(terminal.Say(Texts.OutOfRange, name, token, min, max));
        return null;
    }
}
