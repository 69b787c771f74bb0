using System.CommandLine;
using System.Diagnostics;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Clock.Reports;
using Takt.Clock.Reports.Html;
using Takt.Formats;

namespace Takt.Cli.Commands;

/// <summary><c>takt profile</c>: generates a text and shows where the time went.</summary>
internal static class ProfileCommand
{
    private const int WarmTokens = 32;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("profile", terminal.Say(Texts.Profile));
        var model = new ModelFlags(terminal, command, plan: true);
        var prompt = new Argument<string?>("PROMPT") { Description = terminal.Say(Texts.RunPrompt), Arity = ArgumentArity.ZeroOrOne };
        Option<string> by = terminal.Word("--by", Texts.ProfileBy, "op", "moment", "layer");
        NumberOption top = terminal.Whole("--top", Texts.ProfileTop, 30, 1, int.MaxValue);
        Option<string?> baseline = terminal.Optional("--baseline", Texts.ProfileBaseline, "FILE");
        var files = new ProfileFiles(terminal, command);
        Flag cold = terminal.Flag("--no-warm-up", Texts.ProfileNoWarmUp);
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        command.Add(prompt);
        foreach (Option option in (Option[])[by, top, baseline, cold, json]) command.Add(option);
        var sampling = new SamplingFlags(terminal, command, maxTokens: 128, temperature: 0);
        command.SetAction(parse =>
        {
            string? text = PromptText.Read(parse.GetValue(prompt), terminal);
            GenerationOptions options = sampling.Read(parse);
            // A wrong file is said before the work, not after it.
            string? former = parse.GetValue(baseline);
            ProfileBaseline? before = former is null ? null : ProfileBaseline.Read(former);
            files.Check(parse);
            using TaktModel loaded = model.OpenForText(parse);
            bool warm = !cold.In(parse);
            if (warm) WarmUp(loaded, text, options, terminal);
            // Else the prompt would not be predicted.
            loaded.Predicting.Wait(terminal.Interrupt.Token);
            long start = Stopwatch.GetTimestamp();
            var times = new TextTimes();
            int[] ids = PromptText.Encode(loaded, text, null, raw: false, times);
            Generation generation = loaded.Generate(ids, options, times, terminal.Interrupt.Token);
            generation.ToEnd();
            var request = new ProfiledRequest(generation.Record!, Stopwatch.GetTimestamp() - start);
            var run = new ProfiledRun(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model.Path(parse)))), loaded.Engine.Ledger, MachineFile.OfUser.Find(loaded.Tier, loaded.Threads));
            IReadOnlyList<ComparedOp>? comparison = before is null ? null : ProfileComparison.Of(before, run);
            bool asJson = json.In(parse);
            // The contract's rows are moments; sums over layers are for people.
            bool chosen = parse.GetResult(by) is { Implicit: false };
            ProfileGrouping grouping = asJson && !chosen ? ProfileGrouping.Moment : Grouping(parse.GetValue(by)!);
            if (asJson)
            {
                WriteJson(run, request, grouping, comparison, loaded, warm, terminal);
            }
            else
            {
                var console = new ProfileConsole(run, terminal);
                console.Print(grouping, top.Int(parse));
                console.Print(request);
                if (comparison is not null) console.Print(comparison, before!, former!);
                terminal.Out.WriteLine(MemoryReport.Line(loaded, terminal));
                terminal.Note(terminal.Say(warm ? Texts.ProfileWarm : Texts.ProfileCold, WarmTokens));
                terminal.Note(RunCommand.Summary(generation, terminal));
            }

            files.Write(parse, run);
            return generation.FinishReason == FinishReason.Cancelled ? Interrupt.ExitCode : 0;
        });
        return command;
    }

    // What runs for the first time is compiled, and memory is touched for the first time: neither tells anything of the second time.
    private static void WarmUp(TaktModel model, string? text, GenerationOptions options, Terminal terminal)
    {
        var times = new TextTimes();
        int[] ids = PromptText.Encode(model, text, null, raw: false, times);
        GenerationOptions some = options with { MaxTokens = Math.Min(options.MaxTokens ?? WarmTokens, WarmTokens) };
        model.Generate(ids, some, times, terminal.Interrupt.Token).ToEnd();
        model.Engine.Ledger.Reset();
    }

    private static ProfileGrouping Grouping(string by) => by switch
    {
        "moment" => ProfileGrouping.Moment,
        "layer" => ProfileGrouping.Layer,
        _ => ProfileGrouping.Op,
    };

    // The report knows nothing of memory and numerics: they come behind it.
    private static void WriteJson(
        ProfiledRun run, ProfiledRequest request, ProfileGrouping grouping, IReadOnlyList<ComparedOp>? comparison,
        TaktModel model, bool warm, Terminal terminal) =>
        JsonOutput.WriteLine(terminal, json =>
        {
            json.WriteStartObject();
            ProfileJson.Write(json, run, grouping, comparison);
            request.Write(json);
            json.WriteBoolean("warmed_up", warm);
            MemoryReport.Write(json, model);
            ModelFlags.WriteNumerics(json, model.Numerics);
            json.WriteEndObject();
        });

    /// <summary>The files that a profile may be written to.</summary>
    private sealed class ProfileFiles
    {
        private readonly Terminal _terminal;
        private readonly (Option<string?> Name, Action<Stream, ProfiledRun> Write)[] _files;

        public ProfileFiles(Terminal terminal, Command command)
        {
            _terminal = terminal;
            _files =
            [
                (terminal.Optional("--csv", Texts.ProfileCsv, "FILE"), ProfileCsv.Write),
                (terminal.Optional("--trace", Texts.ProfileTrace, "FILE"), TraceEvents.Write),
                (terminal.Optional("--html", Texts.ProfileHtml, "FILE"), (stream, run) => HtmlReport.Write(stream, run, terminal.Language == Language.Zh)),
            ];
            foreach (var file in _files) command.Add(file.Name);
        }

        /// <summary>Refuses a folder that does not exist before the work is done.</summary>
        public void Check(ParseResult parse)
        {
            foreach (var file in _files)
            {
                if (parse.GetValue(file.Name) is { } path && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
                    throw new DirectoryNotFoundException($"{path}: the folder does not exist; create it first.");
            }
        }

        public void Write(ParseResult parse, ProfiledRun run)
        {
            foreach (var file in _files)
            {
                if (parse.GetValue(file.Name) is not { } path) continue;
                AtomicFile.Write(path, stream => file.Write(stream, run));
                _terminal.Note(_terminal.Say(Texts.ProfileWritten, Printable.OnOneLine(path)));
            }
        }
    }
}
