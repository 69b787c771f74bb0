using System.Diagnostics;

namespace Takt.Cli.Shell;

/// <summary>A bar on standard error while a model is loaded; none where that takes no time or nobody watches.</summary>
internal sealed class LoadProgress(Terminal terminal) : IDisposable
{
    private const double PatienceSeconds = 0.5;
    private const int Width = 30;

    private readonly ProgressLine _line = new(terminal);
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Shows the share that is done, 0 to 1.</summary>
    public void Show(double share)
    {
        if (Stopwatch.GetElapsedTime(_start).TotalSeconds < PatienceSeconds) return;
        int full = Math.Clamp((int)(share * Width), 0, Width);
        _line.Show(terminal.Say(Texts.Loading, new string('=', full).PadRight(Width), (int)(share * 100)));
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose() => _line.Dispose();
}
