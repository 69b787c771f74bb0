using System.CommandLine;
using Takt.Cli.Shell;

namespace Takt.Cli.Options;

/// <summary>An argument that names a model.</summary>
internal static class ModelArgument
{
    /// <summary>Makes the argument.</summary>
    public static Argument<string> Create(Terminal terminal, Phrase text, string name = "MODEL") =>
        new(name) { Description = terminal.Say(text) };

    /// <summary>The path given, which must lead somewhere.</summary>
    /// <exception cref="CliException">There is nothing of that name.</exception>
    public static string PathOf(this ParseResult parse, Argument<string> argument) => Existing(parse.GetRequiredValue(argument));

    /// <summary>A path that must lead to a file or folder.</summary>
    /// <exception cref="CliException">There is nothing of that name.</exception>
    public static string Existing(string path) => File.Exists(path) || Directory.Exists(path) ? path : throw new CliException(Texts.ModelNotFound, path);
}
