namespace Takt.Cli.Shell;

/// <summary>
/// Ctrl-C: the first press cancels what runs now; a second one while nothing has reacted ends the process with code 130.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>The shell's code for a program ended by Ctrl-C: 128 + SIGINT.</summary>
    public const int ExitCode = 130;

    private CancellationTokenSource _source = new();

    /// <summary>Cancelled at the next press.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether Ctrl-C was pressed since the last <see cref="Reset"/>.</summary>
    public bool Pressed => _source.IsCancellationRequested;

    /// <summary>Starts to listen to the console.</summary>
    public void Listen() => Console.CancelKeyPress += (_, press) =>
    {
        press.Cancel = !Pressed;
        Press();
    };

    /// <summary>What a press does.</summary>
    public void Press() => _source.Cancel();

    /// <summary>Arms a new token after a press was dealt with.</summary>
    public void Reset()
    {
        if (!Pressed) return;
        _source.Dispose();
        _source = new CancellationTokenSource();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
