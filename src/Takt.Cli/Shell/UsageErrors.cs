using System.CommandLine;
using System.CommandLine.Parsing;

namespace Takt.Cli.Shell;

/// <summary>Says in the terminal's language what is wrong with a call.</summary>
internal static class UsageErrors
{
    /// <summary>One line an error; empty where the call is well formed.</summary>
    public static List<string> Of(ParseResult parse, Terminal terminal)
    {
        Command command = parse.CommandResult.Command;
        var lines = new List<string>();
        foreach (Token token in OptionsTakenAsArguments(parse))
            lines.Add(terminal.Say(Texts.UnknownOption, token.Value, Suggestion(terminal, token.Value, OptionNames(command))));
        if (lines.Count > 0) return lines;

        foreach (string token in parse.UnmatchedTokens)
            lines.Add(Unmatched(terminal, command, token));
        foreach (ParseError error in parse.Errors)
        {
            string? line = error.SymbolResult switch
            {
                ArgumentResult { Tokens.Count: 0 } missing => terminal.Say(Texts.MissingArgument, missing.Argument.Name, missing.Argument.Description ?? ""),
                OptionResult { Tokens.Count: 0 } option => terminal.Say(Texts.MissingValue, option.IdentifierToken?.Value ?? option.Option.Name),
                OptionResult { Tokens.Count: > 1, Option.Arity.MaximumNumberOfValues: 1 } option =>
                    terminal.Say(Texts.RepeatedOption, option.IdentifierToken?.Value ?? option.Option.Name, option.Tokens.Count),
                CommandResult => command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count == 0 ? terminal.Say(Texts.NoCommand) : null,
                // What is left comes from our own parsers and is in the right language already.
                _ => error.Message,
            };
            if (line is not null && !lines.Contains(line)) lines.Add(line);
        }

        return lines;
    }

    private static string Unmatched(Terminal terminal, Command command, string token)
    {
        if (token.StartsWith('-')) return terminal.Say(Texts.UnknownOption, token, Suggestion(terminal, token, OptionNames(command)));
        return command.Subcommands.Count > 0
            ? terminal.Say(Texts.UnknownCommand, token, Suggestion(terminal, token, command.Subcommands.Select(c => c.Name)))
            : terminal.Say(Texts.ExtraArgument, token);
    }

    // The parser gives a misspelt option to the next free argument; a prompt that starts with a dash has to follow "--".
    private static IEnumerable<Token> OptionsTakenAsArguments(ParseResult parse)
    {
        var afterDoubleDash = parse.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parse.CommandResult.Command.Arguments
            .SelectMany(argument => parse.GetResult(argument)?.Tokens ?? [])
            .Where(token => LooksLikeOption(token.Value) && !afterDoubleDash.Contains(token));
    }

    private static bool LooksLikeOption(string token) =>
        token.Length > 1 && token[0] == '-' && (token[1] == '-' || char.IsAsciiLetter(token[1])) && !token.Any(char.IsWhiteSpace);

    private static IEnumerable<string> OptionNames(Command command) =>
        HelpPrinter.AllOptions(command).SelectMany(o => o.Aliases.Append(o.Name));

    /// <summary>", did you mean ...?" where a name is near enough, else nothing.</summary>
    public static string Suggestion(Terminal terminal, string token, IEnumerable<string> names)
    {
        (int distance, string? name) = names.Select(n => (IsStartOf(n, token) ? 0 : Distance(token, n), n)).DefaultIfEmpty((int.MaxValue, null!)).Min();
        return name is not null && distance <= Math.Max(1, token.Length / 3) ? terminal.Say(Texts.DidYouMean, name) : "";
    }

    private static bool IsStartOf(string name, string token) => token.Length > 2 && name.StartsWith(token, StringComparison.Ordinal);

    // Characters to change, add, leave out or swap with their neighbour (optimal string alignment).
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                int change = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(change, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
