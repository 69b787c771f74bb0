using System.CommandLine;
using System.Diagnostics;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Formats;
using Takt.Models.Quantization;

namespace Takt.Cli.Commands;

/// <summary><c>takt quantize</c>: writes a model with smaller weights.</summary>
internal static class QuantizeCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> input = ModelArgument.Create(terminal, Texts.QuantizeIn, "IN");
        var output = new Argument<string>("OUT") { Description = terminal.Say(Texts.QuantizeOut) };
        var type = new Argument<string>("TYPE")
        {
            Description = terminal.Say(Texts.QuantizeType, string.Join(", ", QuantizationTarget.All.Select(t => t.Name))),
            CustomParser = result => OptionFactory.OneOf(terminal, "TYPE", result, [.. QuantizationTarget.Names]),
        };
        Flag pure = terminal.Flag("--pure", Texts.QuantizePure);
        NumberOption threads = terminal.Whole("--threads", Texts.QuantizeThreads, null, 1, 1024, "-t");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("quantize", terminal.Say(Texts.Quantize)) { input, output, type, pure, threads, json };
        command.SetAction(parse =>
        {
            string from = parse.PathOf(input), to = parse.GetRequiredValue(output);
            // The source is mapped while the target is written.
            if (Path.GetFullPath(AtomicFile.Target(from)) == Path.GetFullPath(AtomicFile.Target(to))) throw CliException.Usage(Texts.SameFile);
            long start = Stopwatch.GetTimestamp();
            using ModelSource source = ModelSource.Open(from);
            QuantizationTarget target = QuantizationTarget.Parse(parse.GetRequiredValue(type));
            WarnOfLoss(source.File, target, terminal);
            int workers = (int?)threads.Find(parse) ?? Environment.ProcessorCount;
            QuantizationSummary summary = Write(source.ToGguf(), to, target, pure.In(parse), workers, terminal);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (summary.Fallbacks > 0) terminal.Note(terminal.Say(Texts.QuantizeFallbacks, summary.Fallbacks, source.File.Tensors.Count));
            if (json.In(parse)) WriteJson(summary, seconds, terminal);
            else
            {
                terminal.Out.WriteLine(terminal.Say(
                    Texts.QuantizeDone, to, Units.Bytes(summary.BytesIn), Units.Bytes(summary.BytesOut),
                    summary.BytesOut * 8.0 / Math.Max(1, summary.Parameters), seconds));
            }
        });
        return command;
    }

    private static QuantizationSummary Write(
        ModelFile file, string path, QuantizationTarget target, bool pure, int threads, Terminal terminal)
    {
        using var progress = new ProgressLine(terminal);
        return ModelQuantizer.Write(
            file, path, target, pure, threads,
            (done, tensor) => progress.Show(terminal.Say(Texts.QuantizeProgress, done, file.Tensors.Count, $"{tensor.Name} {tensor.Type.Name()}")),
            terminal.Interrupt.Token);
    }

    private static void WarnOfLoss(ModelFile file, QuantizationTarget target, Terminal terminal)
    {
        if (!target.Type.IsQuantized()) return;
        IGrouping<TensorType, Tensor>? most = file.Tensors.Where(t => t.Type.IsQuantized()).GroupBy(t => t.Type).MaxBy(same => same.Sum(t => t.ByteLength));
        if (most is not null) terminal.Error.WriteLine(terminal.Say(Texts.Warning, terminal.Say(Texts.QuantizeAgain, file.Path, most.Key.Name())));
    }

    private static void WriteJson(QuantizationSummary summary, double seconds, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("bytes_in", summary.BytesIn);
        json.WriteNumber("bytes_out", summary.BytesOut);
        json.WriteNumber("seconds", seconds);
        json.WriteEndObject();
    });
}
