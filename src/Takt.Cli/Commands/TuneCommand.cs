using System.CommandLine;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Formats;
using Takt.Tuning;

namespace Takt.Cli.Commands;

/// <summary><c>takt tune</c>: finds how a model runs quickest on this machine within a bound of quality, and writes it as a plan.</summary>
internal static class TuneCommand
{
    private const double NatsMost = 100;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = ModelArgument.Create(terminal, Texts.Model);
        Option<string?> output = terminal.Optional("--out", Texts.TuneOut, "FILE");
        output.Aliases.Add("-o");
        NumberOption kl = terminal.Real("--kl", Texts.TuneKl, 0.02f, 0, (decimal)NatsMost);
        Flag keepQuant = terminal.Flag("--keep-quant", Texts.TuneKeepQuant);
        Option<string?> text = terminal.Optional("--text", Texts.TuneText, "FILE");
        NumberOption depth = terminal.Whole("--depth", Texts.TuneDepth, 128, 1, 1 << 24, "-d");
        NumberOption threads = terminal.Whole("--threads", Texts.TuneThreads, null, 1, 1024, "-t");
        Option<string> kvType = terminal.Word("--kv-type", Texts.OptionKvType, ModelFlags.Auto, "f16", "f32", "bf16", "q8_0");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("tune", terminal.Say(Texts.Tune)) { model, output, kl, keepQuant, text, depth, threads, kvType, json };
        command.SetAction(parse =>
        {
            string path = parse.PathOf(model);
            string plan = parse.GetValue(output) ?? DefaultPlan(path);
            CheckOutput(path, plan);
            var request = new TuneRequest(path, plan)
            {
                KlBound = (double)kl.Find(parse)!.Value,
                KeepQuant = keepQuant.In(parse),
                Text = parse.GetValue(text) is { } file ? ReadText(file) : null,
                Depth = depth.Int(parse),
                Threads = (int?)threads.Find(parse),
                KvType = ModelFlags.KvTypeOf(parse.GetValue(kvType)!),
            };
            TuneResult result = Run(request, terminal);
            var report = new TuneReport(result, plan);
            if (json.In(parse)) report.WriteJson(terminal);
            else report.Print(terminal);
        });
        return command;
    }

    private static TuneResult Run(TuneRequest request, Terminal terminal)
    {
        using var line = new ProgressLine(terminal);
        bool told = false;
        void Show(TuneProgress progress)
        {
            // Once, and also where nobody watches a line: it may be long.
            if (!told && progress.EstimatedSeconds is { } seconds)
            {
                told = true;
                line.Dispose();
                terminal.Note(terminal.Say(Texts.TuneEstimate, Math.Max(1, (int)Math.Round(seconds / 60))));
            }

            line.Show(terminal.Say(Texts.TuneProgress, progress.Step, terminal.Say(TuneReport.NameOf(progress.Step)), progress.Done, progress.All));
        }

        using var tuner = new Tuner(request, Show, terminal.Interrupt.Token);
        return tuner.Run();
    }

    // Beside the model, so that it is found again.
    private static string DefaultPlan(string model)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));
        string name = Directory.Exists(full) ? Path.GetFileName(full) : Path.GetFileNameWithoutExtension(full);
        return Path.Combine(Path.GetDirectoryName(full) ?? ".", $"{name}.plan.json");
    }

    // What cannot be written is said before minutes of work, not after them.
    private static void CheckOutput(string model, string plan)
    {
        if (!plan.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) throw CliException.Usage(Texts.TuneOutName, plan);
        string weights = Path.ChangeExtension(Path.GetFullPath(plan), ".gguf");
        if (Path.GetFullPath(AtomicFile.Target(weights)) == Path.GetFullPath(AtomicFile.Target(model))) throw CliException.Usage(Texts.TuneSameFile, plan);
        if (Directory.Exists(plan)) throw new IOException($"{plan}: is a folder; give the name of the file to write.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(plan))!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{plan}: the folder does not exist; create it first.");
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".{Guid.NewGuid():n}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CliException(Texts.TuneNotWritable, folder);
        }
    }

    private static string ReadText(string path)
    {
        if (Directory.Exists(path)) throw new CliException(Texts.IsFolder, path);
        const int most = 1 << 20;
        using var reader = new StreamReader(path);
        var text = new char[most];
        return new string(text, 0, reader.ReadBlock(text, 0, most));
    }
}
