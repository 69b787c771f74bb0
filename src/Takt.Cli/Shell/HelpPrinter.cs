using System.CommandLine;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Takt.Cli.Shell;

/// <summary>Prints a command's help in the terminal's language, in columns that hold for wide characters too.</summary>
internal sealed class HelpPrinter(Terminal terminal) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Print(parseResult.CommandResult.Command, terminal.Out);
        return 0;
    }

    /// <summary>Writes the whole help of a command.</summary>
    public void Print(Command command, TextWriter output)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"{terminal.Say(Texts.HelpUsage)} {Usage(command)}");
        Section(output, Texts.HelpCommands, command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description)));
        Section(output, Texts.HelpArguments, command.Arguments.Select(a => (a.Name, a.Description)));
        Section(output, Texts.HelpOptions, AllOptions(command).Select(o => (Label(o), o.Description)));
        if (command.Subcommands.Count == 0) return;
        output.WriteLine();
        output.WriteLine(terminal.Say(Texts.HelpMore, "takt"));
    }

    /// <summary>One line that says how the command is called.</summary>
    public string Usage(Command command)
    {
        var words = new List<string> { command is RootCommand ? "takt" : $"takt {command.Name}" };
        if (command.Subcommands.Count > 0) words.Add(terminal.Say(Texts.HelpCommand));
        foreach (Argument argument in command.Arguments)
        {
            string name = argument.Name + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
        }

        words.Add(terminal.Say(Texts.HelpOptionsHint));
        return string.Join(' ', words);
    }

    /// <summary>The options of a command with those it inherits.</summary>
    public static IEnumerable<Option> AllOptions(Command command)
    {
        IEnumerable<Option> inherited = command.Parents.OfType<Command>().SelectMany(AllOptions).Where(o => o.Recursive);
        return command.Options.Concat(inherited).Where(o => !o.Hidden);
    }

    private static string Label(Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name).Where(n => n is not ("/?" or "/h" or "-?")).OrderBy(n => n.Length));
        return option.HelpName is { } value && option is not Flag ? $"{names} {value}" : names;
    }

    private void Section(TextWriter output, Phrase title, IEnumerable<(string Label, string? Description)> rows)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(2).PadRight(2)).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        bool any = false;
        foreach ((string label, string? description) in rows)
        {
            grid.AddRow(new Spectre.Console.Text(label), new Spectre.Console.Text(description ?? ""));
            any = true;
        }

        if (!any) return;
        output.WriteLine();
        output.WriteLine(terminal.Say(title));
        // Spectre.Console fills every row with blanks up to the width.
        var rendered = new StringWriter { NewLine = "\n" };
        Consoles.Plain(rendered, terminal.Width).Write(grid);
        foreach (string line in rendered.ToString().TrimEnd().Split('\n')) output.WriteLine(line.TrimEnd());
    }
}
