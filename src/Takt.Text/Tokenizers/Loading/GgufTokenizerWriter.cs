using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>
/// Writes a tokenizer as GGUF metadata. What the format's own keys cannot say goes to keys under <c>tokenizer.takt.</c>, which other
/// programs ignore.
/// </summary>
internal static class GgufTokenizerWriter
{
    public const string SentencePiece = "tokenizer.takt.sentencepiece";
    public const string ByteFallback = "tokenizer.takt.byte_fallback";
    public const string EscapeSpaces = "tokenizer.takt.escape_spaces";
    public const string SpaceAsSuffix = "tokenizer.takt.space_as_suffix";
    public const string UnicodeForm = "tokenizer.takt.unicode_form";
    public const string MaxWordCharacters = "tokenizer.takt.max_word_characters";
    public const string HuggingFaceJson = "tokenizer.huggingface.json";

    public static Dictionary<string, object> Write(TokenizerParts parts, HashSet<int> endOfGeneration)
    {
        Dictionary<string, object> keys = parts.GgufKeys();
        Vocabulary vocabulary = parts.Vocabulary;
        bool respell = parts.Model is WordPiece && !parts.FromGguf;
        IEnumerable<int> ids = Enumerable.Range(0, vocabulary.Count);
        keys[GgufKeys.Prefix + "tokens"] = ids.Select(id => respell ? WordPieceText(vocabulary, id) : vocabulary[id]).ToArray();
        keys[GgufKeys.Prefix + "token_type"] = ids.Select(id => (int)vocabulary.TypeOf(id)).ToArray();
        if (vocabulary.Scores is { } scores) keys[GgufKeys.Prefix + "scores"] = scores;
        MergeTable? merges = (parts.Model as ByteLevelBpe)?.Merges ?? (parts.Model as CharacterBpe)?.Merges as MergeTable;
        if (merges is not null && (parts.FromGguf || parts.Model is ByteLevelBpe))
            keys[GgufKeys.Prefix + "merges"] = merges.InOrder().Select(m => $"{vocabulary[m.Left]} {vocabulary[m.Right]}").ToArray();
        else if (merges is not null) keys[GgufKeys.Prefix + "scores"] = Ranks(merges, vocabulary.Count);
        AddSpecial(keys, parts, endOfGeneration);
        return keys;
    }

    /// <summary>Keys of a SentencePiece model beside its pieces.</summary>
    public static Dictionary<string, object> SentencePieceKeys(bool unigram, bool byteFallback, SentencePieceNormalizer.Options options)
    {
        Dictionary<string, object> keys = new()
        {
            [GgufKeys.Prefix + "model"] = unigram ? "t5" : "llama",
            [GgufKeys.Prefix + "pre"] = "default",
            [GgufKeys.Prefix + "add_space_prefix"] = options.AddPrefix,
            [GgufKeys.Prefix + "remove_extra_whitespaces"] = options.MergeSpaces,
            [SentencePiece] = true,
            [ByteFallback] = byteFallback,
            [EscapeSpaces] = options.EscapeSpaces,
            [SpaceAsSuffix] = options.SpaceAsSuffix,
        };
        if (options.Charsmap is { } charsmap) keys[GgufKeys.Prefix + "precompiled_charsmap"] = charsmap.ToBytes();
        return keys;
    }

    /// <summary>Keys of a WordPiece vocabulary beside its tokens.</summary>
    public static Dictionary<string, object> WordPieceKeys(bool lowercase, bool stripAccents, int maxCharacters) => new()
    {
        [GgufKeys.Prefix + "model"] = "bert",
        [GgufKeys.Prefix + "pre"] = "default",
        [GgufKeys.Prefix + "normalizer.lowercase"] = lowercase,
        [GgufKeys.Prefix + "normalizer.strip_accents"] = stripAccents,
        [MaxWordCharacters] = (uint)maxCharacters,
    };

    /// <summary>GGUF marks the pieces that begin a word instead of those that continue one.</summary>
    private static string WordPieceText(Vocabulary vocabulary, int id)
    {
        string text = vocabulary[id];
        if (text.StartsWith("##", StringComparison.Ordinal) && text.Length > 2) return text[2..];
        bool bracketed = text.Length > 2 && text[0] == '[' && text[^1] == ']';
        return bracketed || vocabulary.TypeOf(id) is TokenType.Control or TokenType.Unknown ? text : SentencePieceNormalizer.Mark + text;
    }

    /// <summary>Scores that merge in the order of the list: each piece's first merge decides.</summary>
    private static float[] Ranks(MergeTable merges, int count)
    {
        var scores = new float[count];
        Array.Fill(scores, float.NegativeInfinity);
        int rank = 0;
        foreach ((_, _, int merged) in merges.InOrder())
        {
            if (float.IsNegativeInfinity(scores[merged])) scores[merged] = -rank++;
        }

        for (int id = 0; id < count; id++) scores[id] = float.IsNegativeInfinity(scores[id]) ? -rank : scores[id];
        return scores;
    }

    private static void AddSpecial(Dictionary<string, object> keys, TokenizerParts parts, HashSet<int> endOfGeneration)
    {
        SpecialTokens special = parts.Special;
        int? eot = special.Eot ?? endOfGeneration.Where(id => id != special.Eos).Select(id => (int?)id).FirstOrDefault();
        (string Key, int? Id)[] ids =
        [
            ("bos", special.Bos), ("eos", special.Eos), ("eot", eot), ("unknown", special.Unknown), ("seperator", special.Separator),
            ("padding", special.Pad), ("mask", special.Mask),
        ];
        foreach ((string key, int? id) in ids)
        {
            // The largest number says "none" where a reader would assume a default.
            if (id is not null || key != "eot") keys[$"{GgufKeys.Prefix}{key}_token_id"] = id is { } known ? (uint)known : uint.MaxValue;
        }

        keys[GgufKeys.Prefix + "add_bos_token"] = special.AddBos;
        keys[GgufKeys.Prefix + "add_eos_token"] = special.AddEos;
    }
}
