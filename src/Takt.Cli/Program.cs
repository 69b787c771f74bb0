using System.CommandLine;
using System.Reflection;
using Takt.Cli.Shell;
using Takt.Cli.Telemetry;

namespace Takt.Cli;

/// <summary>The <c>takt</c> command. Exit codes: 0 done, 1 failed, 2 called wrongly, 130 ended by Ctrl-C.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        Terminal terminal = Terminal.OfProcess(Languages.Choose(args, Environment.GetEnvironmentVariable));
        terminal.Interrupt.Listen();
        return Run(args, terminal);
    }

    /// <summary>Runs the command line on other streams, none of them a terminal.</summary>
    public static int Run(string[] args, Stream stdin, Stream stdout, Stream stderr, Func<string, string?>? environment = null) =>
        Run(args, new Terminal(stdin, stdout, stderr, Languages.Choose(args, environment ?? (_ => null))));

    /// <summary>Runs the command line in <paramref name="terminal"/>.</summary>
    public static int Run(string[] args, Terminal terminal)
    {
        bool verbose = false;
        try
        {
            CommandTree tree = CommandTree.Create(terminal, args);
            // A response file would take "@file" away from the commands.
            ParseResult parse = tree.Root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            verbose = tree.Verbose.In(parse);
            int code = Invoke(parse, tree.Help, tree.Otlp, terminal);
            terminal.Out.Flush();
            return code;
        }
        catch (Exception failure) when (!verbose || failure is CliException or OperationCanceledException)
        {
            return Failures.Report(failure, terminal);
        }
        catch (Exception failure)
        {
            terminal.Error.WriteLine(failure);
            return 1;
        }
    }

    /// <summary>The version of this build.</summary>
    public static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static int Invoke(ParseResult parse, HelpPrinter help, Option<string?> otlp, Terminal terminal)
    {
        bool asksForHelp = parse.Action?.ClearsParseErrors == true;
        List<string> errors = asksForHelp ? [] : UsageErrors.Of(parse, terminal);
        Command command = parse.CommandResult.Command;
        try
        {
            // Failures and Ctrl-C are ours to handle.
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            using OtlpExport? export = errors.Count == 0 && !asksForHelp ? OtlpExport.Start(parse.GetValue(otlp), terminal) : null;
            if (errors.Count == 0) return parse.Invoke(configuration);
        }
        catch (CliException usage) when (usage.ExitCode == 2)
        {
            errors.Add(usage.In(terminal.Language));
        }

        terminal.Out.Flush();
        foreach (string error in errors) terminal.Error.WriteLine(terminal.Say(Texts.Error, error));
        if (command is RootCommand && parse.Tokens.Count == 0) help.Print(command, terminal.Error);
        else terminal.Error.WriteLine($"{terminal.Say(Texts.HelpUsage)} {help.Usage(command)}");
        return 2;
    }
}
