using System.CommandLine;
using System.CommandLine.Parsing;

namespace Takt.Cli.Shell;

/// <summary>Makes options whose errors are in the terminal's language.</summary>
internal static class OptionFactory
{
    /// <summary>An option with a number between <paramref name="min"/> and <paramref name="max"/>; the default is shown in the help.</summary>
    public static NumberOption Real(this Terminal terminal, string name, Phrase text, float start, decimal min, decimal max) =>
        new(terminal, name, text, (decimal)start, min, max, whole: false, alias: null);

    /// <summary>The same for whole numbers; the default may be missing.</summary>
    public static NumberOption Whole(
        this Terminal terminal, string name, Phrase text, decimal? start, decimal min, decimal max, string? alias = null) =>
        new(terminal, name, text, start, min, max, whole: true, alias);

    /// <summary>An option that is there or not.</summary>
    public static Flag Flag(this Terminal terminal, string name, Phrase text) => new(terminal, name, text);

    /// <summary>An option with text that may be missing.</summary>
    public static Option<string?> Optional(this Terminal terminal, string name, Phrase text, string valueName) =>
        new(name) { Description = terminal.Say(text), HelpName = valueName };

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
}
