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
    /// <summary>Builds the tree in the terminal's language.</summary>
    public static CommandTree Create(Terminal terminal)
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
        root.Add(RunCommand.Create(terminal));
        root.Add(ChatCommand.Create(terminal));
        root.Add(InspectCommand.Create(terminal));
        root.Add(TokenizeCommand.Create(terminal));
        root.Add(TokenizeCommand.CreateInverse(terminal));
        root.Add(TemplateCommand.Create(terminal));
        root.Add(QuantizeCommand.Create(terminal));
        root.Add(LogitsCommand.Create(terminal));
        root.Add(PerplexityCommand.Create(terminal));
        root.Add(ProfileCommand.Create(terminal));
        root.Add(BenchCommand.Create(terminal));
        root.Add(WhatIfCommand.Create(terminal));
        root.Add(TuneCommand.Create(terminal));
        root.Add(CalibrateCommand.Create(terminal));
        root.Add(CacheCommand.Create(terminal));
        return new CommandTree(root, verbose, otlp, help);
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
