using System.Text;
using Spectre.Console;

namespace Takt.Cli.Shell;

/// <summary>Spectre.Console on the terminal's streams.</summary>
internal static class Consoles
{
    /// <summary>A console without any control codes, for help and for output that is no terminal.</summary>
    public static IAnsiConsole Plain(TextWriter output, int width) => Create(output, width, AnsiSupport.No, ColorSystemSupport.NoColors);

    /// <summary>A console on standard output: colours only where a person sees them.</summary>
    public static IAnsiConsole Output(Terminal terminal) => terminal.OutputRedirected || terminal.NoColor
        ? Plain(terminal.Out, terminal.OutputRedirected ? 160 : terminal.Width)
        : Create(terminal.Out, terminal.Width, AnsiSupport.Yes, ColorSystemSupport.Standard);

    private static IAnsiConsole Create(TextWriter output, int width, AnsiSupport ansi, ColorSystemSupport colors)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi,
            ColorSystem = colors,
            Interactive = InteractionSupport.No,
            Out = new FixedWidth(output, width),
        });
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private sealed class FixedWidth(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => width;

        public int Height => 50;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
