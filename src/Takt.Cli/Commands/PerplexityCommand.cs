using System.CommandLine;
using System.Text;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Compute;
using Takt.Evaluation;

namespace Takt.Cli.Commands;

/// <summary><c>takt perplexity</c>: how well a model predicts a text.</summary>
internal static class PerplexityCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("perplexity", terminal.Say(Texts.Perplexity));
        var model = new ModelFlags(terminal, command, exact: true);
        var file = new Argument<string>("FILE") { Description = terminal.Say(Texts.PerplexityFile) };
        NumberOption bytes = terminal.Whole("--bytes", Texts.PerplexityBytes, null, 1, long.MaxValue);
        NumberOption window = terminal.Whole("--window", Texts.PerplexityWindow, 512, 2, int.MaxValue);
        Option<string?> reference = terminal.Optional("--kl-divergence", Texts.PerplexityReference, "MODEL");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        command.Add(file);
        command.Add(bytes);
        command.Add(window);
        command.Add(reference);
        command.Add(json);
        command.SetAction(parse =>
        {
            string text = ReadText(parse.GetRequiredValue(file), (long?)bytes.Find(parse));
            ModelOptions options = model.Options(parse) with { ContextLength = null };
            using TaktModel loaded = model.Open(model.Path(parse), options);
            // What a model is compared with is exact.
            using TaktModel? other = parse.GetValue(reference) is { } path
                ? TaktModel.Open(ModelArgument.Existing(path), options with { Numerics = Numerics.Exact })
                : null;
            var meter = new PerplexityMeter(loaded, other);
            int size = Math.Min(window.Int(parse), loaded.ContextLength);
            using var progress = new ProgressLine(terminal);
            PerplexityResult result = meter.Measure(
                text, size, (done, all) => progress.Show(terminal.Say(Texts.PerplexityProgress, done, all, meter.Perplexity)), terminal.Interrupt.Token);
            progress.Dispose();
            if (json.In(parse)) WriteJson(result, loaded.Numerics, terminal);
            else WriteText(result, terminal);
        });
        return command;
    }

    // A character that the limit cuts in two is left out.
    private static string ReadText(string path, long? limit)
    {
        if (Directory.Exists(path)) throw new CliException(Texts.IsFolder, path);
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[checked((int)Math.Min(limit ?? long.MaxValue, stream.Length))];
        stream.ReadExactly(bytes);
        int length = bytes.Length;
        if (length < stream.Length)
        {
            int start = length;
            while (start > 0 && length - start < 4 && (bytes[start - 1] & 0xC0) == 0x80) start--;
            if (start > 0 && bytes[start - 1] >= 0xC0 && start - 1 + SequenceLength(bytes[start - 1]) > length) length = start - 1;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static int SequenceLength(byte lead) => lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

    private static void WriteText(PerplexityResult result, Terminal terminal)
    {
        terminal.Out.WriteLine(terminal.Say(Texts.PerplexityResult, result.Perplexity, result.Tokens));
        if (result.KlMean is not null)
            terminal.Out.WriteLine(terminal.Say(Texts.PerplexityKl, result.KlMean, result.KlP99, result.Top1Agreement * 100));
    }

    private static void WriteJson(PerplexityResult result, Numerics numerics, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("perplexity", result.Perplexity);
        json.WriteNumber("tokens", result.Tokens);
        ModelFlags.WriteNumerics(json, numerics);
        if (result is { KlMean: { } mean, KlP99: { } p99, Top1Agreement: { } agreement })
        {
            json.WriteNumber("kl_mean", mean);
            json.WriteNumber("kl_p99", p99);
            json.WriteNumber("top1_agreement", agreement);
        }

        json.WriteEndObject();
    });
}
