using System.Text;
using System.Text.Json;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Reads Hugging Face's <c>tokenizer.json</c>.</summary>
internal sealed class TokenizerJsonReader
{
    /// <summary>Ids may leave holes in a vocabulary, but not make it larger than this many times its tokens.</summary>
    private const int MaxSpread = 4;
    private readonly byte[] _json;
    private readonly Dictionary<string, JsonElement> _parts = [];
    private TokenizerJsonModel? _model;

    private TokenizerJsonReader(byte[] json) => _json = json;

    /// <summary>The parts of a tokenizer.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or asks for what is not supported.</exception>
    public static TokenizerParts Parts(byte[] json, TokenizerConfig config)
    {
        try
        {
            var reader = new TokenizerJsonReader(json);
            reader.ReadTop();
            return reader.Build(config);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"tokenizer.json is not valid: {error.Message}", error);
        }
    }

    private void ReadTop()
    {
        var reader = new Utf8JsonReader(_json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw new InvalidDataException("tokenizer.json is not an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "model") _model = new TokenizerJsonModel(_json, ref reader);
            else _parts[name] = JsonElement.ParseValue(ref reader);
        }

        if (reader.Read()) throw new InvalidDataException("tokenizer.json goes on after its end.");
    }

    private TokenizerParts Build(TokenizerConfig config)
    {
        TokenizerJsonModel model = _model ?? throw new InvalidDataException("tokenizer.json has no model.");
        List<AddedToken> added = ReadAdded();
        Vocabulary vocabulary = BuildVocabulary(model, added);
        JsonPreTokenizers pre = JsonPreTokenizers.Read(Component("pre_tokenizer"));
        Normalizer? normalizer = Component("normalizer") is { } part ? JsonNormalizers.Read(part) : null;
        Template? template = Component("post_processor") is { } processor ? JsonTemplates.Read(processor) : null;
        JsonElement? decoder = Component("decoder");
        bool byteLevel = pre.ByteLevel && !pre.Spelled;
        SpecialTokens special = Roles(config, vocabulary, model, template);
        template = Adjusted(template, special, config);
        TokenModel tokens = BuildModel(model, vocabulary, byteLevel);
        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            Model = tokens,
            Normalizer = normalizer,
            PreTokenizer = pre.PreTokenizer,
            Decoder = JsonDecoders.Read(decoder),
            DecodesAdded = decoder is null || decoder.Value.Kind() != "ByteLevel",
            Special = special,
            Template = template,
            Added = added,
            GgufKeys = JsonGgufKeys.Of(_json, tokens, model, _parts, pre, normalizer, added, IsPlain(template, special)),
        };
    }

    private JsonElement? Component(string name) =>
        _parts.TryGetValue(name, out JsonElement part) && part.ValueKind == JsonValueKind.Object ? part : null;

    private List<AddedToken> ReadAdded()
    {
        List<AddedToken> added = [];
        if (!_parts.TryGetValue("added_tokens", out JsonElement list) || list.ValueKind != JsonValueKind.Array) return added;
        foreach (JsonElement item in list.EnumerateArray())
        {
            int id = item.Number("id", -1);
            if (id < 0 || item.Text("content") is not { Length: > 0 } text)
                throw JsonParts.Error("an added token has no id or no content.");
            added.Add(new AddedToken(
                id, text, item.Flag("special", false), item.Flag("lstrip", false), item.Flag("rstrip", false),
                item.Flag("single_word", false), item.Flag("normalized", !item.Flag("special", false))));
        }

        return added;
    }

    private static Vocabulary BuildVocabulary(TokenizerJsonModel model, List<AddedToken> added)
    {
        int count = model.Tokens.Count + added.Count;
        int top = Math.Max(model.Tokens.Count == 0 ? 0 : model.Tokens.Max(t => t.Id), added.Count == 0 ? 0 : added.Max(a => a.Id));
        if (count == 0 || top / MaxSpread > count + 1024) throw JsonParts.Error($"ids go up to {top} but there are only {count} tokens.");
        var texts = new string[top + 1];
        var types = new TokenType[top + 1];
        foreach ((string text, int id) in model.Tokens) (texts[id], types[id]) = (text, TokenType.Normal);
        foreach (AddedToken token in added)
            (texts[token.Id], types[token.Id]) = (token.Text, token.Special ? TokenType.Control : TokenType.UserDefined);
        for (int id = 0; id <= top; id++)
        {
            if (texts[id] is null) (texts[id], types[id]) = ($"[EMPTY_{id}]", TokenType.Unused);
        }

        float[]? scores = model.Scores is null ? null : [.. model.Scores, .. new float[Math.Max(0, top + 1 - model.Scores.Count)]];
        return new Vocabulary(texts, types, scores);
    }

    private static TokenModel BuildModel(TokenizerJsonModel model, Vocabulary vocabulary, bool byteLevel)
    {
        string kind = model.Text("type") ?? (model.Scores is not null ? "Unigram" : "BPE");
        int? unknown = model.Text("unk_token") is { } text ? vocabulary.Find(text) : null;
        switch (kind)
        {
            case "BPE" when byteLevel:
                return new ByteLevelBpe(vocabulary, model.ReadMerges(vocabulary), model.Flag("ignore_merges"), unknown);
            case "BPE":
                return new CharacterBpe(vocabulary, model.ReadMerges(vocabulary), new(
                    unknown, model.Flag("byte_fallback"), model.Flag("fuse_unk"), model.Flag("ignore_merges"),
                    ContinuingPrefix: model.Text("continuing_subword_prefix") ?? "", WordSuffix: model.Text("end_of_word_suffix") ?? ""));
            case "Unigram" when model.Scores is not null:
                int id = model.Number("unk_id", -1);
                if (id < 0 || id >= vocabulary.Count) throw JsonParts.Error("the Unigram model has no unk_id within its vocabulary.");
                return new Unigram(vocabulary, id, model.Flag("byte_fallback"), sentencePiece: false);
            case "WordPiece":
                return new WordPiece(
                    vocabulary, "", model.Text("continuing_subword_prefix") ?? "##",
                    unknown ?? throw JsonParts.Error("the WordPiece model has no unknown token."), model.LongestWord);
            default:
                throw JsonParts.Unsupported("model", kind, "BPE, Unigram and WordPiece");
        }
    }

    private static SpecialTokens Roles(TokenizerConfig config, Vocabulary vocabulary, TokenizerJsonModel model, Template? template)
    {
        int? Role(string role) => config.Token(role) is { } text ? vocabulary.Find(text) : null;
        int? first = template?.Single is [{ Token: >= 0 } begin, ..] ? begin.Token : null;
        int? last = template?.Single is [.., { Token: >= 0 } end] ? end.Token : null;
        int? separator = Role("sep_token") ?? vocabulary.Find("[SEP]");
        return new SpecialTokens
        {
            Bos = Role("bos_token") ?? Role("cls_token") ?? first,
            Eos = Role("eos_token") ?? (last == separator ? null : last),
            Unknown = Role("unk_token") ?? (model.Text("unk_token") is { } unknown ? vocabulary.Find(unknown) : null),
            Separator = separator,
            Pad = Role("pad_token") ?? vocabulary.Find("[PAD]"),
            Mask = Role("mask_token") ?? vocabulary.Find("[MASK]"),
            AddBos = config.AddBos ?? (template is not null && first is not null),
            AddEos = config.AddEos ?? (template is not null && last is not null),
        };
    }

    /// <summary>Whether roles and flags alone say what the template does.</summary>
    private static bool IsPlain(Template? template, SpecialTokens special)
    {
        bool Is(Template other) => template!.Single.SequenceEqual(other.Single) && template.Pair.SequenceEqual(other.Pair);
        return template is null || Is(Template.Around(special)) ||
            (special is { Bos: { } begin, Separator: { } separator } && Is(Template.Encoder(begin, separator, roberta: false)));
    }

    /// <summary>The template with BOS and EOS put in or taken out where the configuration says so.</summary>
    private static Template? Adjusted(Template? template, SpecialTokens special, TokenizerConfig config)
    {
        if (template is null || (config.AddBos is null && config.AddEos is null)) return template;
        List<TemplateItem> single = [.. template.Single], pair = [.. template.Pair];
        foreach (List<TemplateItem> items in new[] { single, pair })
        {
            if (special.Bos is { } bos && config.AddBos is { } addBos && (items.Count > 0 && items[0].Token == bos) != addBos)
            {
                if (addBos) items.Insert(0, new TemplateItem(bos, 0));
                else items.RemoveAt(0);
            }

            if (special.Eos is { } eos && config.AddEos is { } addEos && (items.Count > 0 && items[^1].Token == eos) != addEos)
            {
                if (addEos) items.Add(new TemplateItem(eos, 0));
                else items.RemoveAt(items.Count - 1);
            }
        }

        return new Template(single, pair);
    }
}
