using System.Text;
using System.Text.Json;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>
/// Says how a tokenizer.json is written as GGUF: in the format's own keys where these mean the same, else with the whole file beside them.
/// </summary>
internal static class JsonGgufKeys
{
    public static Func<Dictionary<string, object>> Of(
        byte[] json, TokenModel model, TokenizerJsonModel source, Dictionary<string, JsonElement> parts, JsonPreTokenizers pre,
        Normalizer? normalizer, List<AddedToken> added, bool plainTemplate)
    {
        bool plain = plainTemplate && !added.Exists(a =>
            a.StripLeft || a.StripRight || a.SingleWord || (a.Normalized && normalizer is not null));
        if (plain && Native(model, source, parts, pre, normalizer) is { } native) return () => new(native);
        return () => new Dictionary<string, object>
        {
            [GgufKeys.Prefix + "model"] = model switch { Unigram => "t5", WordPiece => "bert", ByteLevelBpe => "gpt2", _ => "llama" },
            [GgufKeys.Prefix + "pre"] = "default",
            [GgufTokenizerWriter.HuggingFaceJson] = Encoding.UTF8.GetString(json),
        };
    }

    private static Dictionary<string, object>? Native(
        TokenModel model, TokenizerJsonModel source, Dictionary<string, JsonElement> parts, JsonPreTokenizers pre, Normalizer? normalizer)
    {
        JsonElement rules = parts.GetValueOrDefault("normalizer"), words = parts.GetValueOrDefault("pre_tokenizer");
        switch (model)
        {
            case ByteLevelBpe when normalizer is null or UnicodeForm && pre.Patterns is { } patterns && source.Text("unk_token") is null:
                string? name = PreTokenizerFamily.NameOf(patterns);
                if (name is null || PreTokenizerFamily.Of(name).WholeWordsFirst != source.Flag("ignore_merges")) return null;
                Dictionary<string, object> keys = new() { [GgufKeys.Prefix + "model"] = "gpt2", [GgufKeys.Prefix + "pre"] = name };
                if (normalizer is UnicodeForm form) keys[GgufTokenizerWriter.UnicodeForm] = form.Name;
                return keys;
            case CharacterBpe when IsLlama(source, rules, words):
                return new()
                {
                    [GgufKeys.Prefix + "model"] = "llama",
                    [GgufKeys.Prefix + "pre"] = "default",
                    [GgufKeys.Prefix + "add_space_prefix"] = true,
                };
            case WordPiece when IsBert(source, rules, words):
                bool lowercase = rules.Flag("lowercase", true);
                return GgufTokenizerWriter.WordPieceKeys(lowercase, rules.Flag("strip_accents", lowercase), source.LongestWord);
            default:
                return null;
        }
    }

    /// <summary>SentencePiece BPE as the converters write it: spaces become U+2581, one is put in front, all else falls back to bytes.</summary>
    private static bool IsLlama(TokenizerJsonModel source, JsonElement rules, JsonElement words) =>
        source.Flag("byte_fallback") && !source.Flag("ignore_merges") && words.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined &&
        rules.Part("normalizers") is { ValueKind: JsonValueKind.Array } steps && steps.GetArrayLength() == 2 &&
        steps[0].Text("prepend") == "\u2581" && steps[1].Text("content") == "\u2581" && steps[1].Part("pattern")?.Text("String") == " ";

    private static bool IsBert(TokenizerJsonModel source, JsonElement rules, JsonElement words) =>
        rules.Text("type") == "BertNormalizer" && rules.Flag("clean_text", true) && rules.Flag("handle_chinese_chars", true) &&
        words.Text("type") == "BertPreTokenizer" && (source.Text("continuing_subword_prefix") ?? "##") == "##";
}
