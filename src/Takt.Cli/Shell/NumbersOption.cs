using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Takt.Cli.Shell;

/// <summary>An option with whole numbers between commas, each of 0 or more.</summary>
internal sealed class NumbersOption : Option<string>
{
    private readonly string _start;

    /// <summary>Makes the option; errors are in the terminal's language.</summary>
    /// <param name="terminal">Where the command runs.</param>
    /// <param name="name">The option's name.</param>
    /// <param name="text">What it is for.</param>
    /// <param name="start">The default; empty for none.</param>
    /// <param name="alias">A short name.</param>
    /// <param name="count">How many numbers there must be; null for any number of them.</param>
    public NumbersOption(Terminal terminal, string name, Phrase text, string start, string alias, int? count = null) : base(name, [alias])
    {
        _start = start;
        HelpName = count is { } exactly ? string.Join(',', Enumerable.Repeat("N", exactly)) : "N,...";
        Description = terminal.Say(text);
        if (start.Length > 0) Description += " " + terminal.Say(Texts.HelpDefault, start);
        Validators.Add(result => Check(terminal, result, count));
    }

    /// <summary>The numbers given, or the default.</summary>
    public int[] In(ParseResult parse)
    {
        string list = parse.GetResult(this) is { Tokens: [{ Value: var token }] } ? token : _start;
        return [.. Split(list).Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
    }

    private static void Check(Terminal terminal, OptionResult result, int? count)
    {
        if (result.Tokens is not [{ Value: var token }]) return;
        string name = result.IdentifierToken?.Value ?? result.Option.Name;
        string[] parts = Split(token);
        if (count is { } exactly && parts.Length != exactly) result.AddError(terminal.Say(Texts.NotSoManyNumbers, name, token, exactly));
        foreach (string part in parts)
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                result.AddError(terminal.Say(Texts.NotAWholeNumber, name, part));
            else if (value > MostTokens) result.AddError(terminal.Say(Texts.OutOfRange, name, part, 0, MostTokens));
        }
    }

    // Sums of a few of them stay an int.
    private const int MostTokens = 1 << 24;

    private static string[] Split(string list) => list.Length == 0 ? [] : list.Split(',', StringSplitOptions.TrimEntries);
}
