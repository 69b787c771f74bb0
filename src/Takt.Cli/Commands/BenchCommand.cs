using System.CommandLine;
using System.Diagnostics;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Compute;
using Takt.Evaluation;

namespace Takt.Cli.Commands;

/// <summary><c>takt bench</c>: how fast a model runs on this machine, in llama-bench's words and rows.</summary>
internal sealed class BenchCommand
{
    private readonly Terminal _terminal;
    private readonly ModelFlags _model;
    private readonly NumbersOption _prompt;
    private readonly NumbersOption _generate;
    private readonly NumbersOption _both;
    private readonly NumbersOption _batch;
    private readonly NumbersOption _depth;
    private readonly NumberOption _batchTokens;
    private readonly NumberOption _repetitions;
    private readonly Option<string?> _tier;
    private readonly Option<string> _output;
    private readonly Flag _json;

    private BenchCommand(Terminal terminal, Command command)
    {
        _terminal = terminal;
        _model = new ModelFlags(terminal, command, context: false, plan: true);
        _prompt = new NumbersOption(terminal, "--prompt", Texts.BenchPrompt, "512", "-p");
        _generate = new NumbersOption(terminal, "--generate", Texts.BenchGenerate, "128", "-n");
        _both = new NumbersOption(terminal, "--prompt-and-generate", Texts.BenchBoth, "", "-pg", count: 2);
        _batch = new NumbersOption(terminal, "--batch", Texts.BenchBatch, "8", "-b");
        _batchTokens = terminal.Whole("--batch-tokens", Texts.BenchBatchTokens, 32, 1, 1 << 20, "-bn");
        _depth = new NumbersOption(terminal, "--depth", Texts.BenchDepth, "0", "-d");
        _repetitions = terminal.Whole("--repetitions", Texts.BenchRepetitions, 5, 1, 10_000, "-r");
        _tier = terminal.Optional("--tier", Texts.BenchTier, string.Join('|', Backends.Supported));
        _output = terminal.Word("--output", Texts.BenchOutput, "md", "json", "csv");
        _output.Aliases.Add("-o");
        _json = terminal.Flag("--json", Texts.OptionJson);
        foreach (Option option in (Option[])[_prompt, _generate, _both, _batch, _batchTokens, _depth, _repetitions, _tier, _output, _json])
            command.Add(option);
    }

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("bench", terminal.Say(Texts.Bench));
        var bench = new BenchCommand(terminal, command);
        command.SetAction(bench.Run);
        return command;
    }

    private void Run(ParseResult parse)
    {
        SpeedTest[] tests = [.. Tests(parse)];
        if (tests.Length == 0) throw CliException.Usage(Texts.BenchNothing);
        string path = _model.Path(parse);
        ModelOptions options = _model.Options(parse);
        options = options with
        {
            ContextLength = tests.Max(test => test.Context),
            MaxSequences = tests.Max(test => test.Sequences),
            Tier = parse.GetValue(_tier) ?? options.Tier,
        };
        ModelFacts facts = Facts(path, tests);

        long start = Stopwatch.GetTimestamp();
        using TaktModel model = TaktModel.Open(path, options);
        double load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SpeedResult[] results = Measure(model, tests, _repetitions.Int(parse));
        var report = new BenchReport(Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), facts, model, load, results);
        switch (_json.In(parse) ? "json" : parse.GetValue(_output))
        {
            case "json": report.WriteJson(_terminal); break;
            case "csv": report.WriteCsv(_terminal.Out); break;
            default: report.WriteMarkdown(_terminal.Out); break;
        }
    }

    private IEnumerable<SpeedTest> Tests(ParseResult parse)
    {
        int[] both = _both.In(parse);
        foreach (int depth in _depth.In(parse))
        {
            foreach (int prompt in Wanted(_prompt.In(parse))) yield return new SpeedTest(prompt, 0, Depth: depth);
            foreach (int tokens in Wanted(_generate.In(parse))) yield return new SpeedTest(0, tokens, Depth: depth);
            if (both.Any(tokens => tokens > 0)) yield return new SpeedTest(both[0], both[1], Depth: depth);
            foreach (int sequences in Wanted(_batch.In(parse))) yield return new SpeedTest(0, _batchTokens.Int(parse), sequences, depth);
        }
    }

    private static IEnumerable<int> Wanted(int[] numbers) => numbers.Where(number => number > 0);

    // A test that cannot run is refused before a large file is loaded.
    private static ModelFacts Facts(string path, IEnumerable<SpeedTest> tests)
    {
        const int chunk = SpeedTest.PromptChunk;
        if (tests.FirstOrDefault(test => test.Prompt > 0 && test.Depth % chunk != 0) is { } within)
            throw new CliException(Texts.BenchWithinChunk, within.Name, chunk);
        using ModelSource source = ModelSource.Open(path);
        var facts = new ModelFacts(source.File, null, null);
        if (facts.Config is not { } config) return facts;
        foreach (SpeedTest test in tests)
        {
            if (test.Context > config.ContextLength) throw new CliException(Texts.BenchTooLong, test.Name, test.Context, config.ContextLength);
        }

        return facts;
    }

    private SpeedResult[] Measure(TaktModel model, SpeedTest[] tests, int repetitions)
    {
        var meter = new SpeedMeter(model.Engine);
        var results = new SpeedResult[tests.Length];
        using var progress = new ProgressLine(_terminal);
        for (int i = 0; i < tests.Length; i++)
        {
            int number = i + 1;
            results[i] = meter.Measure(
                tests[i], repetitions,
                repetition => progress.Show(_terminal.Say(Texts.BenchProgress, number, tests.Length, tests[number - 1].Name, repetition, repetitions)),
                _terminal.Interrupt.Token);
        }

        return results;
    }
}
