using System.CommandLine;

namespace Takt.Cli.Shell;

/// <summary>An option that is there or not.</summary>
internal sealed class Flag : Option<string>
{
    /// <summary>Makes the option.</summary>
    public Flag(Terminal terminal, string name, Phrase text) : base(name)
    {
        Description = terminal.Say(text);
        Arity = ArgumentArity.Zero;
    }

    /// <summary>Whether it was given.</summary>
    public bool In(ParseResult parse) => parse.GetResult(this) is not null;
}
