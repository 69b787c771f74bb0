namespace Takt.Cli.Shell;

/// <summary>Tells a person why a command failed.</summary>
internal static class Failures
{
    /// <summary>Whether nobody reads standard output any more.</summary>
    public static bool IsBrokenPipe(Exception failure)
    {
        const int brokenPipe = 32;
        return failure is IOException { HResult: brokenPipe };
    }

    /// <summary>Writes one line to standard error and returns the exit code.</summary>
    public static int Report(Exception failure, Terminal terminal)
    {
        if (IsBrokenPipe(failure)) return 1;
        // What came out before the failure is still worth having, unless its reader has gone.
        try
        {
            terminal.Out.Flush();
        }
        catch (IOException)
        {
            return 1;
        }

        if (failure is OperationCanceledException && terminal.Interrupt.Pressed)
        {
            terminal.Error.WriteLine(terminal.Say(Texts.Interrupted));
            return Interrupt.ExitCode;
        }

        string message = failure switch
        {
            CliException own => own.In(terminal.Language),
            OutOfMemoryException => terminal.Say(Texts.OutOfMemory),
            _ => LibraryMessages.In(terminal.Language, failure.Message),
        };
        terminal.Error.WriteLine(terminal.Say(Texts.Error, message.ReplaceLineEndings(" ")));
        return failure is CliException { ExitCode: var code } ? code : 1;
    }
}
