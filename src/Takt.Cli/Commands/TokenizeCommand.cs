using System.CommandLine;
using System.Text;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Text.Tokenizers;

namespace Takt.Cli.Commands;

/// <summary><c>takt tokenize</c> and <c>takt detokenize</c>: text to token ids and back.</summary>
internal static class TokenizeCommand
{
    /// <summary>Makes <c>tokenize</c>.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = ModelArgument.Create(terminal, Texts.TokenizerModel);
        var text = new Argument<string?>("TEXT") { Description = terminal.Say(Texts.TokenizeText), Arity = ArgumentArity.ZeroOrOne };
        Flag special = terminal.Flag("--special", Texts.TokenizeSpecial);
        Flag pieces = terminal.Flag("--pieces", Texts.TokenizePieces);
        var command = new Command("tokenize", terminal.Say(Texts.Tokenize)) { model, text, special, pieces };
        command.SetAction(parse =>
        {
            string? given = parse.GetValue(text);
            RequireInput(given, "TEXT", terminal);
            using var tokenizer = new TokenizerSource(parse.PathOf(model));
            bool asPieces = pieces.In(parse), withSpecial = special.In(parse);
            void Write(string line)
            {
                List<int> ids = tokenizer.Value.Encode(line, addSpecial: withSpecial);
                if (asPieces) WritePieces(ids, tokenizer.Value, terminal);
                else WriteIds(ids, terminal);
            }

            if (given is not null) Write(given);
            else JsonLines.ForEach(terminal, line => Write(JsonLines.String(line)));
        });
        return command;
    }

    /// <summary>Makes <c>detokenize</c>.</summary>
    public static Command CreateInverse(Terminal terminal)
    {
        Argument<string> model = ModelArgument.Create(terminal, Texts.TokenizerModel);
        var ids = new Argument<string[]>("IDS") { Description = terminal.Say(Texts.DetokenizeIds), Arity = ArgumentArity.ZeroOrMore };
        Flag special = terminal.Flag("--skip-special", Texts.DetokenizeSkipSpecial);
        var command = new Command("detokenize", terminal.Say(Texts.Detokenize)) { model, ids, special };
        command.SetAction(parse =>
        {
            string[] given = parse.GetValue(ids) ?? [];
            RequireInput(given.FirstOrDefault(), "IDS", terminal);
            using var tokenizer = new TokenizerSource(parse.PathOf(model));
            string Decode(int[] sequence)
            {
                foreach (int id in sequence)
                {
                    if (id < 0 || id >= tokenizer.Value.VocabularySize) throw new CliException(Texts.NotAnId, id, tokenizer.Value.VocabularySize - 1);
                }

                return tokenizer.Value.Decode(sequence, special.In(parse));
            }

            if (given.Length > 0) terminal.Out.WriteLine(Decode(TokenIds.Parse(given)));
            else JsonLines.ForEach(terminal, line => JsonOutput.WriteLine(terminal, json => json.WriteStringValue(Decode(JsonLines.Ids(line)))));
        });
        return command;
    }

    private static void RequireInput(string? given, string name, Terminal terminal)
    {
        if (given is null && !terminal.InputRedirected) throw CliException.Usage(Texts.NeedsTextOrStdin, name);
    }

    private static void WriteIds(List<int> ids, Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartArray();
        foreach (int id in ids) json.WriteNumberValue(id);
        json.WriteEndArray();
    });

    private static void WritePieces(List<int> ids, Tokenizer tokenizer, Terminal terminal)
    {
        foreach (int id in ids) terminal.Out.WriteLine($"{id,8}  {Printable.OnOneLine(Encoding.UTF8.GetString(tokenizer.TokenBytes(id)))}");
    }
}
