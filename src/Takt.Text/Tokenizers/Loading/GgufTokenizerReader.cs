using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Builds a tokenizer from GGUF metadata, with llama.cpp's defaults for what a file leaves out.</summary>
internal sealed class GgufTokenizerReader
{
    private static readonly string[] Held =
        [GgufKeys.Prefix + "tokens", GgufKeys.Prefix + "token_type", GgufKeys.Prefix + "scores", GgufKeys.Prefix + "merges"];

    private static readonly string Mark = SentencePieceNormalizer.Mark.ToString();
    private readonly GgufKeys _keys;
    private readonly Dictionary<string, object> _settings;
    private readonly Vocabulary _vocabulary;

    private GgufTokenizerReader(IReadOnlyDictionary<string, object> metadata)
    {
        _keys = new GgufKeys(metadata);
        _settings = metadata.Where(k => k.Key.StartsWith("tokenizer.", StringComparison.Ordinal) && !Held.Contains(k.Key)).ToDictionary();
        string[] tokens = [.. _keys.Texts("tokens") ?? throw Missing("tokens")];
        for (int id = 0; id < tokens.Length; id++)
        {
            // Some files have holes; a text keeps them apart.
            if (tokens[id] is "") tokens[id] = $"[EMPTY_{id}]";
        }

        _vocabulary = new Vocabulary(tokens, _keys.Types("token_type"), _keys.Floats("scores"));
    }

    public static Tokenizer Read(IReadOnlyDictionary<string, object> metadata)
    {
        var reader = new GgufTokenizerReader(metadata);
        if (reader._keys.Other(GgufTokenizerWriter.HuggingFaceJson) is { Length: > 0 } json) return new Tokenizer(reader.Json(json));
        string model = reader._keys.Text("model") ?? throw Missing("model");
        return new Tokenizer(model switch
        {
            "llama" => reader.SentencePieceBpe(),
            "bert" => reader.Bert(),
            "t5" => reader.Unigram(),
            "gpt2" => reader.Bpe(reader._keys.Text("pre")),
            "gemma4" => reader.Bpe("gemma4"),
            _ => throw new InvalidDataException(
                $"tokenizer.ggml.model is '{model}', which is not supported. Supported are llama, gpt2, gemma4, bert and t5."),
        });
    }

    /// <summary>A file that carries its tokenizer.json is read from that; the other keys say which tokens have a role.</summary>
    private TokenizerParts Json(string json)
    {
        TokenizerParts parts = TokenizerJsonReader.Parts(System.Text.Encoding.UTF8.GetBytes(json), TokenizerConfig.None);
        return parts with { Special = Special(parts.Special), GgufKeys = OwnKeys, FromGguf = true };
    }

    /// <summary>A SentencePiece model that was written as GGUF keeps its own rules.</summary>
    private TokenizerParts? SentencePiece(bool unigram, SpecialTokens special)
    {
        if (_keys.Setting(GgufTokenizerWriter.SentencePiece) is not true) return null;
        if (_vocabulary.Scores is null) throw Missing("scores");
        var options = new SentencePieceNormalizer.Options(
            Rules(), _keys.Flag("add_space_prefix") ?? true, _keys.Flag("remove_extra_whitespaces") ?? true,
            _keys.Setting(GgufTokenizerWriter.EscapeSpaces) is not false, _keys.Setting(GgufTokenizerWriter.SpaceAsSuffix) is true, null);
        bool byteFallback = _keys.Setting(GgufTokenizerWriter.ByteFallback) is true;
        return SentencePieceReader.Build(_vocabulary, unigram, byteFallback, options, special) with
        {
            Added = [.. Added().Where(a => a.Special)],
            GgufKeys = OwnKeys,
            FromGguf = true,
        };
    }

    private Charsmap? Rules() => _keys.Bytes("precompiled_charsmap") is { Length: > 0 } rules ? new Charsmap(rules) : null;

    private TokenizerParts SentencePieceBpe()
    {
        SpecialTokens special = Special(new SpecialTokens { Bos = 1, Eos = 2, Unknown = 0, AddBos = true });
        if (SentencePiece(unigram: false, special) is { } own) return own;
        bool prefix = _keys.Flag("add_space_prefix") ?? true;
        if (_vocabulary.Scores is null) throw Missing("scores");
        var options = new CharacterBpe.Options(special.Unknown, ByteFallback: true, FuseUnknown: false);
        return Parts(new CharacterBpe(_vocabulary, new PieceMerges(_vocabulary), options), new SentencePieceDecoder(prefix), special) with
        {
            Normalizer = new SentencePieceNormalizer(new(null, prefix, MergeSpaces: false, EscapeSpaces: true, SpaceAsSuffix: false, null)),
        };
    }

    private TokenizerParts Unigram()
    {
        SpecialTokens special = Special(new SpecialTokens { Eos = 1, Unknown = 2, Pad = 0, AddEos = true });
        if (SentencePiece(unigram: true, special) is { } own) return own;
        bool prefix = _keys.Flag("add_space_prefix") ?? true, merge = _keys.Flag("remove_extra_whitespaces") ?? false;
        if (_vocabulary.Scores is null) throw Missing("scores");
        int unknown = special.Unknown ?? throw Missing("unknown_token_id");
        return Parts(new Unigram(_vocabulary, unknown, byteFallback: false, sentencePiece: false), new SentencePieceDecoder(prefix), special) with
        {
            Normalizer = new SentencePieceNormalizer(new(Rules(), prefix, merge, EscapeSpaces: true, SpaceAsSuffix: false, null)),
        };
    }

    private TokenizerParts Bert()
    {
        SpecialTokens special = Special(new SpecialTokens { Bos = 101, Unknown = 100, Separator = 102, Pad = 0, Mask = 103 });
        if (special is not { Bos: { } begin, Separator: { } separator, Unknown: { } unknown })
            throw new InvalidDataException("A BERT tokenizer needs tokenizer.ggml.bos_token_id, .seperator_token_id and .unknown_token_id.");
        bool lowercase = _keys.Flag("normalizer.lowercase") ?? true;
        int maxCharacters = _keys.Setting(GgufTokenizerWriter.MaxWordCharacters) is uint and <= int.MaxValue and var limit
            ? (int)limit
            : int.MaxValue;
        return Parts(new WordPiece(_vocabulary, Mark, "", unknown, maxCharacters), new WordPieceDecoder(Mark, "", cleanUp: true), special) with
        {
            DecodesAdded = true,
            Normalizer = new BertNormalizer(true, true, _keys.Flag("normalizer.strip_accents") ?? lowercase, lowercase),
            PreTokenizer = new BertWords(),
            Template = Template.Encoder(begin, separator, roberta: false),
        };
    }

    private TokenizerParts Bpe(string? name)
    {
        PreTokenizerFamily family = name is null ? PreTokenizerFamily.Default : PreTokenizerFamily.Of(name);
        SpecialTokens special = Special(new SpecialTokens { AddBos = family.AddBos });
        string[] lines = _keys.Texts("merges") ?? throw Missing("merges");
        var merges = new MergeList(_vocabulary, lines.Length, "", laterCounts: false);
        foreach (string line in lines) merges.Add(line);
        var spelled = new CharacterBpe.Options(special.Unknown, ByteFallback: true, FuseUnknown: false, NewlinesFirst: true);
        TokenizerParts parts = family.EscapeSpaces
            ? Parts(new CharacterBpe(_vocabulary, merges.Table, spelled), new SentencePieceDecoder(dropsFirstSpace: false), special)
            : Parts(new ByteLevelBpe(_vocabulary, merges.Table, family.WholeWordsFirst, null), new ByteLevelDecoder(), special);
        bool roberta = name is "jina-v1-en" or "jina-v2-code" or "roberta-bpe" && special is { Bos: not null, Separator: not null };
        return parts with
        {
            Normalizer = family.EscapeSpaces ? new ReplaceText(" ", Mark) : Form(),
            PreTokenizer = family.Create(),
            Template = roberta ? Template.Encoder(special.Bos!.Value, special.Separator!.Value, roberta: true) : null,
        };
    }

    private TokenizerParts Parts(TokenModel model, TokenDecoder decoder, SpecialTokens special)
    {
        // Files that type "<|im_end|>" as plain text are common; this puts the types right before they are used.
        EndOfGeneration.Find(_vocabulary, special);
        return new TokenizerParts
        {
            Vocabulary = _vocabulary,
            Model = model,
            Decoder = decoder,
            Special = special,
            Added = Added(),
            GgufKeys = OwnKeys,
            FromGguf = true,
        };
    }

    /// <summary>The tokenizer's keys without what the vocabulary holds.</summary>
    private Dictionary<string, object> OwnKeys() => new(_settings);

    private UnicodeForm? Form() => _keys.Setting(GgufTokenizerWriter.UnicodeForm) is string form ? UnicodeForm.Of(form) : null;

    private SpecialTokens Special(SpecialTokens defaults)
    {
        int count = _vocabulary.Count;
        int? Id(string key, int? fallback) =>
            _keys.Has(key + "_token_id") ? _keys.Number(key + "_token_id") : fallback < count ? fallback : null;
        return new SpecialTokens
        {
            Bos = Id("bos", defaults.Bos),
            Eos = Id("eos", defaults.Eos),
            Eot = Id("eot", null),
            Unknown = Id("unknown", defaults.Unknown),
            // The key is misspelt in the format.
            Separator = Id("seperator", defaults.Separator),
            Pad = Id("padding", defaults.Pad),
            Mask = Id("mask", defaults.Mask),
            AddBos = _keys.Flag("add_bos_token") ?? defaults.AddBos,
            AddEos = _keys.Flag("add_eos_token") ?? defaults.AddEos,
        };
    }

    /// <summary>Control, unknown and user-defined tokens are found in the text; in some models they take the space around them.</summary>
    private List<AddedToken> Added()
    {
        string name = _keys.Other("general.name").ToUpperInvariant();
        string architecture = _keys.Other("general.architecture"), pre = _keys.Text("pre") ?? "";
        bool phi3 = name.Contains("PHI-3", StringComparison.Ordinal) || name.Contains("PHI3", StringComparison.Ordinal);
        bool modernBert = name.Contains("MODERN-BERT", StringComparison.Ordinal);
        bool maskLeft = architecture is "nomic-bert-moe" or "jina-bert-v3" || pre is "jina-v2-de" or "jina-v2-es" or "jina-v2-code";
        List<AddedToken> added = [];
        for (int id = 0; id < _vocabulary.Count; id++)
        {
            TokenType type = _vocabulary.TypeOf(id);
            if (type is not (TokenType.Control or TokenType.Unknown or TokenType.UserDefined)) continue;
            string text = _vocabulary[id];
            added.Add(new AddedToken(
                id, text, type != TokenType.UserDefined,
                StripLeft: (maskLeft && text == "<mask>") || (modernBert && text == "[MASK]"),
                StripRight: phi3 && text is not ("<unk>" or "<s>" or "<|endoftext|>")));
        }

        return added;
    }

    private static InvalidDataException Missing(string key) =>
        new($"The GGUF metadata has no {GgufKeys.Prefix}{key}; the file holds no complete tokenizer.");
}
