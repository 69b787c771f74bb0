using System.Text;
using Takt.Cli.Shell;

namespace Takt.Cli.Chat;

/// <summary>
/// Reads what a person says in a chat: a line, lines joined by a backslash at their ends, or everything between two
/// <c>"""</c>. On a terminal the line can be edited; from a file or pipe lines are taken as they come.
/// </summary>
internal sealed class ChatInput(Terminal terminal)
{
    private const string Fence = "\"\"\"";
    private readonly LineEditor? _editor = terminal.InputRedirected || terminal.OutputRedirected
        ? null
        : new LineEditor(() => Console.ReadKey(intercept: true), () => Console.KeyAvailable, terminal.Out, () => Console.WindowWidth);

    /// <summary>Reads a message.</summary>
    public LineEnd Read(string prompt, out string message)
    {
        LineEnd end = ReadLine(prompt, out string line);
        message = line;
        if (end != LineEnd.Entered) return end;
        return line.TrimStart().StartsWith(Fence, StringComparison.Ordinal)
            ? ReadFenced(line.TrimStart()[Fence.Length..], out message)
            : ReadContinued(line, out message);
    }

    private LineEnd ReadFenced(string line, out string message)
    {
        var text = new StringBuilder();
        LineEnd end = LineEnd.Entered;
        bool first = true;
        while (true)
        {
            int close = line.IndexOf(Fence, StringComparison.Ordinal);
            string part = close < 0 ? line : line[..close];
            // A fence on a line of its own adds no empty line.
            if (!(part.Length == 0 && (first || close >= 0))) text.Append(text.Length > 0 ? "\n" : "").Append(part);
            if (close >= 0) break;
            first = false;
            end = ReadLine("... ", out line);
            if (end != LineEnd.Entered) break;
        }

        message = text.ToString();
        // A file may end without the closing fence; what it said counts.
        return end == LineEnd.EndOfInput && message.Length > 0 ? LineEnd.Entered : end;
    }

    private LineEnd ReadContinued(string line, out string message)
    {
        var text = new StringBuilder();
        LineEnd end = LineEnd.Entered;
        while (end == LineEnd.Entered && line.EndsWith('\\'))
        {
            text.Append(line, 0, line.Length - 1).Append('\n');
            end = ReadLine("... ", out line);
        }

        message = text.Append(line).ToString();
        return end == LineEnd.EndOfInput && message.Length > 0 ? LineEnd.Entered : end;
    }

    private LineEnd ReadLine(string prompt, out string line)
    {
        if (_editor is not null) return ReadEdited(prompt, out line);
        // What is typed ends with a line end on the screen; what is piped in does not show.
        if (terminal.InputRedirected) terminal.Out.WriteLine(prompt.TrimEnd());
        else terminal.Out.Write(prompt);
        terminal.Out.Flush();
        string? read = terminal.In.ReadLine();
        line = read ?? "";
        return read is null ? LineEnd.EndOfInput : LineEnd.Entered;
    }

    private LineEnd ReadEdited(string prompt, out string line)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return _editor!.Read(prompt, out line);
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }
}
