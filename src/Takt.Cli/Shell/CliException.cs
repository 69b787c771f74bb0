namespace Takt.Cli.Shell;

/// <summary>An error of the command line's own, in its two languages.</summary>
internal sealed class CliException(Phrase text, params object?[] values) : Exception(text.In(Language.En, values))
{
    /// <summary>2 where the call itself was wrong, else 1.</summary>
    public int ExitCode { get; init; } = 1;

    /// <summary>The message in <paramref name="language"/>.</summary>
    public string In(Language language) => text.In(language, values);

    /// <summary>An error in how the command was called: the usage is shown and the exit code is 2.</summary>
    public static CliException Usage(Phrase text, params object?[] values) => new(text, values) { ExitCode = 2 };
}
