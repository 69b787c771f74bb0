using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Takt.Cli.Shell;

/// <summary>An option with a number in a range.</summary>
/// <remarks>
/// To the parser it is text, and it is not generic: the parser's generics over number types are not in the published machine code, and
/// compiling them at start-up took longer than all the rest of parsing. A decimal holds every seed and every temperature.
/// </remarks>
internal sealed class NumberOption : Option<string>
{
    private readonly decimal? _start;

    /// <summary>Makes the option; errors are in the terminal's language.</summary>
    public NumberOption(Terminal terminal, string name, Phrase text, decimal? start, decimal min, decimal max, bool whole, string? alias)
        : base(name, alias is null ? [] : [alias])
    {
        _start = start;
        HelpName = "N";
        Description = terminal.Say(text);
        if (start is { } value) Description += " " + terminal.Say(Texts.HelpDefault, value);
        Validators.Add(result => Check(terminal, result, min, max, whole));
    }

    /// <summary>The number given or the default; null where there is neither.</summary>
    public decimal? Find(ParseResult parse) =>
        parse.GetResult(this) is { Tokens: [{ Value: var token }] } && TryParse(token, out decimal value) ? value : _start;

    /// <summary>The same as an int, of an option with a default.</summary>
    public int Int(ParseResult parse) => (int)Find(parse)!.Value;

    /// <summary>The same as a float, of an option with a default.</summary>
    public float Float(ParseResult parse) => (float)Find(parse)!.Value;

    private static void Check(Terminal terminal, OptionResult result, decimal min, decimal max, bool whole)
    {
        if (result.Tokens is not [{ Value: var token }]) return;
        string name = result.IdentifierToken?.Value ?? result.Option.Name;
        if (!TryParse(token, out decimal value) || (whole && value != decimal.Truncate(value)))
            result.AddError(terminal.Say(whole ? Texts.NotAWholeNumber : Texts.NotANumber, name, token));
        else if (value < min || value > max)
            result.AddError(terminal.Say(Texts.OutOfRange, name, token, min, max));
    }

    private static bool TryParse(string token, out decimal value) =>
        decimal.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
