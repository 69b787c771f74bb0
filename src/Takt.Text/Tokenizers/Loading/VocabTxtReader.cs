using System.Text;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Reads BERT's <c>vocab.txt</c>: one WordPiece token a line.</summary>
internal static class VocabTxtReader
{
    private static readonly string[] Controls = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>The parts of a tokenizer.</summary>
    /// <exception cref="InvalidDataException">The file is no BERT vocabulary.</exception>
    public static TokenizerParts Parts(byte[] file, bool? lowercase)
    {
        if (!System.Text.Unicode.Utf8.IsValid(file)) throw new InvalidDataException("The file is not a vocabulary: it is not UTF-8 text.");
        string[] lines = Encoding.UTF8.GetString(file).TrimEnd('\n', '\r').Split('\n');
        for (int i = 0; i < lines.Length; i++) lines[i] = lines[i].TrimEnd('\r');
        var vocabulary = new Vocabulary(lines, null, null);
        int? Role(string text)
        {
            if (vocabulary.Find(text) is { } id) vocabulary.SetType(id, text == "[UNK]" ? TokenType.Unknown : TokenType.Control);
            return vocabulary.Find(text);
        }

        if (Role("[CLS]") is not { } begin || Role("[SEP]") is not { } separator || Role("[UNK]") is not { } unknown)
            throw new InvalidDataException($"The file is not a BERT vocabulary: of its {lines.Length} lines none is [CLS], [SEP] or [UNK].");
        bool lower = lowercase ?? IsUncased(lines);
        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            Model = new WordPiece(vocabulary, "", "##", unknown, maxCharacters: 100),
            Normalizer = new BertNormalizer(true, true, lower, lower),
            PreTokenizer = new BertWords(),
            Decoder = new WordPieceDecoder("", "##", cleanUp: true),
            DecodesAdded = true,
            Special = new SpecialTokens { Bos = begin, Separator = separator, Unknown = unknown, Pad = Role("[PAD]"), Mask = Role("[MASK]") },
            Template = Template.Encoder(begin, separator, roberta: false),
            Added = [.. from text in Controls where vocabulary.Find(text) is not null select new AddedToken(vocabulary.Find(text)!.Value, text, true)],
            GgufKeys = () => GgufTokenizerWriter.WordPieceKeys(lower, lower, 100),
        };
    }

    /// <summary>
    /// Without capitals the vocabulary is meant for lower-cased text; one made mostly of ideographs (bert-base-chinese) is not.
    /// </summary>
    private static bool IsUncased(string[] lines)
    {
        int capitals = 0, ideographs = 0;
        foreach (string line in lines)
        {
            bool control = line.StartsWith('[') || line.StartsWith('<');
            if (!control && line.Any(char.IsAsciiLetterUpper)) capitals++;
            if (line.Length > 0 && CodePoints.IsBertIdeograph(line[^1])) ideographs++;
        }

        return capitals == 0 && ideographs < lines.Length / 2;
    }
}
