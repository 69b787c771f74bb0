using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Takt.Cli.Shell;

/// <summary>
/// The program's surroundings: its streams, whether a person sits at them, and the language they speak. Text is UTF-8 both ways;
/// bytes that are not UTF-8 read as U+FFFD.
/// </summary>
internal sealed class Terminal
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private TextReader? _reader;

    /// <summary>Joins streams; the flags say which of them are no terminal.</summary>
    public Terminal(Stream input, Stream output, Stream error, Language language)
    {
        Input = input;
        OutputStream = output;
        Out = new StreamWriter(output, _utf8, 4096, leaveOpen: true) { NewLine = "\n" };
        Error = new StreamWriter(error, _utf8, 1024, leaveOpen: true) { NewLine = "\n", AutoFlush = true };
        Language = language;
    }

    /// <summary>Standard input as bytes.</summary>
    public Stream Input { get; }

    /// <summary>Standard output as bytes; flush <see cref="Out"/> before writing to it.</summary>
    public Stream OutputStream { get; }

    /// <summary>Standard output, buffered: results, and nothing else.</summary>
    public StreamWriter Out { get; }

    /// <summary>Standard error: progress, summaries, errors.</summary>
    public StreamWriter Error { get; }

    /// <summary>The language of texts.</summary>
    public Language Language { get; }

    /// <summary>Whether input comes from a file or pipe.</summary>
    public bool InputRedirected { get; init; } = true;

    /// <summary>Whether output goes to a file or pipe.</summary>
    public bool OutputRedirected { get; init; } = true;

    /// <summary>Whether errors go to a file or pipe.</summary>
    public bool ErrorRedirected { get; init; } = true;

    /// <summary>Whether NO_COLOR asks for plain text (no-color.org).</summary>
    public bool NoColor { get; init; }

    /// <summary>Columns to lay out text in.</summary>
    public int Width { get; init; } = 100;

    /// <summary>What Ctrl-C does.</summary>
    public Interrupt Interrupt { get; } = new();

    /// <summary>The terminal that this process was started in.</summary>
    public static Terminal OfProcess(Language language)
    {
        bool output = Console.IsOutputRedirected, error = Console.IsErrorRedirected;
        // Windows consoles have a code page of their own.
        if (OperatingSystem.IsWindows())
        {
            if (!output || !error) Console.OutputEncoding = _utf8;
            if (!Console.IsInputRedirected) Console.InputEncoding = _utf8;
        }

        return new Terminal(
            StandardStream.Open(0, Console.OpenStandardInput), StandardStream.Open(1, StandardOutput),
            StandardStream.Open(2, Console.OpenStandardError), language)
        {
            InputRedirected = Console.IsInputRedirected,
            OutputRedirected = output,
            ErrorRedirected = error,
            NoColor = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 },
            Width = output ? 100 : Math.Max(40, Console.WindowWidth),
        };
    }

    // The console's own stream keeps silent when nobody reads the pipe any more, and the work would go on for nothing.
    private static Stream StandardOutput()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    /// <summary>Standard input as text.</summary>
    public TextReader In => _reader ??= new StreamReader(Input, _utf8, detectEncodingFromByteOrderMarks: true, 4096, leaveOpen: true);

    /// <summary>A text in the terminal's language.</summary>
    public string Say(Phrase text, params object?[] values) => text.In(Language, values);

    /// <summary>Writes a line to standard error, dim where a person reads it.</summary>
    public void Note(string line) => Error.WriteLine(ErrorRedirected || NoColor ? line : $"\e[2m{line}\e[0m");
}
