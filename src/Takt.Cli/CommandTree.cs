using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Takt.Cli.Commands;
using Takt.Cli.Shell;

namespace Takt.Cli;

/// <summary>The commands and the options that all of them have.</summary>
/// <param name="Root">The root of the tree.</param>
/// <param name="Verbose">Whether errors come with their place in the program.</param>
/// <param name="Otlp">Where telemetry goes.</param>
/// <param name="Help">Prints help.</param>
internal sealed record CommandTree(RootCommand Root, Flag Verbose, Option<string?> Otlp, HelpPrinter Help)
{
    private static readonly (string Name, Func<Terminal, Command> Create)[] Commands =
    [
        ("run", RunCommand.Create),
        ("chat", ChatCommand.Create),
        ("inspect", InspectCommand.Create),
        ("tokenize", TokenizeCommand.Create),
        ("detokenize", TokenizeCommand.CreateInverse),
        ("template", TemplateCommand.Create),
        ("quantize", QuantizeCommand.Create),
        ("logits", LogitsCommand.Create),
        ("perplexity", PerplexityCommand.Create),
        ("profile", ProfileCommand.Create),
        ("bench", BenchCommand.Create),
        ("whatif", WhatIfCommand.Create),
        ("tune", TuneCommand.Create),
        ("calibrate", CalibrateCommand.Create),
        ("cache", CacheCommand.Create),
    ];

    /// <summary>Builds the tree in the terminal's language, as far as the command line can reach it: a start waits for what is built.</summary>
    /// <param name="terminal">Where it runs.</param>
    /// <param name="args">The command line; where it begins with a command's name, no other command can be meant.</param>
    public static CommandTree Create(Terminal terminal, IReadOnlyList<string> args)
    {
        var help = new HelpPrinter(terminal);
        Flag verbose = terminal.Flag("--verbose", Texts.OptionVerbose);
        verbose.Recursive = true;
        Option<string> language = terminal.Word("--lang", Texts.OptionLanguage, "en", "zh");
        language.DefaultValueFactory = null;
        language.Description = terminal.Say(Texts.OptionLanguage);
        language.Recursive = true;
        Option<string?> otlp = terminal.Optional("--otlp", Texts.OptionOtlp, "URL");
        otlp.Recursive = true;

        var root = new RootCommand(terminal.Say(Texts.Root));
        root.Options.Clear();
        root.Directives.Clear();
        root.Add(new HelpOption { Action = help, Description = terminal.Say(Texts.OptionHelp), Recursive = true });
        root.Add(new VersionOption { Action = new PrintVersion(terminal), Description = terminal.Say(Texts.OptionVersion) });
        root.Add(language);
        root.Add(verbose);
        root.Add(otlp);
        foreach (Func<Terminal, Command> create in Asked(args)) root.Add(create(terminal));
        return new CommandTree(root, verbose, otlp, help);
    }

    private static IEnumerable<Func<Terminal, Command>> Asked(IReadOnlyList<string> args)
    {
        int named = args.Count == 0 ? -1 : Array.FindIndex(Commands, command => command.Name == args[0]);
        return named >= 0 ? [Commands[named].Create] : Commands.Select(static command => command.Create);
    }

    private sealed class PrintVersion(Terminal terminal) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            terminal.Out.WriteLine($"takt {Program.Version}");
            return 0;
        }
    }
}
