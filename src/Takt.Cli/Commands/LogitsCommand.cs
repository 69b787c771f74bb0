using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Formats;

namespace Takt.Cli.Commands;

/// <summary><c>takt logits</c>: what a model makes of a sequence of token ids.</summary>
internal static class LogitsCommand
{
    private const int Shown = 10;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("logits", terminal.Say(Texts.Logits));
        var model = new ModelFlags(terminal, command, exact: true);
        var ids = new Argument<string[]>("IDS") { Description = terminal.Say(Texts.LogitsIds), Arity = ArgumentArity.OneOrMore };
        Flag all = terminal.Flag("--all", Texts.LogitsAll);
        var output = new Option<string?>("--output", "-o") { Description = terminal.Say(Texts.LogitsOut), HelpName = "FILE" };
        command.Add(ids);
        command.Add(all);
        command.Add(output);
        command.SetAction(parse =>
        {
            int[] tokens = TokenIds.Parse(parse.GetRequiredValue(ids));
            if (tokens.Length == 0) throw CliException.Usage(Texts.LogitsNone);
            using TaktModel loaded = model.Open(parse);
            bool every = all.In(parse);
            if (parse.GetValue(output) is { } path) Save(loaded, tokens, every, path, terminal);
            else Show(loaded, tokens, every, terminal);
        });
        return command;
    }

    private static void Save(TaktModel model, int[] ids, bool all, string path, Terminal terminal)
    {
        int rows = 0;
        AtomicFile.Write(path, file => model.ReadLogits(ids, all, (_, logits) =>
        {
            Write(file, logits);
            rows++;
        }, terminal.Interrupt.Token));
        terminal.Note(terminal.Say(Texts.LogitsWritten, rows, model.Config.VocabularySize, path));
    }

    private static void Write(Stream file, ReadOnlySpan<float> logits)
    {
        if (BitConverter.IsLittleEndian)
        {
            file.Write(MemoryMarshal.AsBytes(logits));
            return;
        }

        Span<byte> bytes = stackalloc byte[sizeof(float)];
        foreach (float logit in logits)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, logit);
            file.Write(bytes);
        }
    }

    private static void Show(TaktModel model, int[] ids, bool all, Terminal terminal) => model.ReadLogits(ids, all, (position, logits) =>
    {
        double sum = 0, max = double.NegativeInfinity;
        foreach (float logit in logits) max = Math.Max(max, logit);
        foreach (float logit in logits) sum += Math.Exp(logit - max);
        float[] row = logits.ToArray();
        foreach (int id in Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).Take(Shown))
        {
            string piece = model.HasTokenizer ? Printable.OnOneLine(model.Tokenizer.Decode([id])) : "";
            terminal.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{position,6} {id,8} {row[id],12:0.0000} {Math.Exp(row[id] - max) / sum,10:0.000000}  {piece}"));
        }
    }, terminal.Interrupt.Token);
}
