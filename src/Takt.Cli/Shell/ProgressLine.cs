namespace Takt.Cli.Shell;

/// <summary>A line on standard error that is written over again and again; nothing where nobody watches.</summary>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private bool _shown;

    /// <summary>Replaces the line.</summary>
    public void Show(string text)
    {
        if (terminal.ErrorRedirected) return;
        terminal.Error.Write($"\r{text}\e[K");
        _shown = true;
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (_shown) terminal.Error.Write("\r\e[K");
        _shown = false;
    }
}
