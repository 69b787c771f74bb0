using System.Text.Json;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.Patterns;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Builds tokenizer.json's normalizers.</summary>
internal static class JsonNormalizers
{
    public static Normalizer Read(JsonElement part)
    {
        string kind = part.Kind();
        switch (kind)
        {
            case "NFC" or "NFD" or "NFKC" or "NFKD": return UnicodeForm.Of(kind);
            case "Lowercase": return new Lowercase();
            case "StripAccents": return new StripAccents();
            case "Prepend": return new Prepend(part.NeedText("prepend"));
            case "Strip": return new Strip(part.Flag("strip_left", true), part.Flag("strip_right", true));
            case "Replace": return Replace(part);
            case "Precompiled": return new Precompiled(ReadCharsmap(part));
            case "Sequence": return new NormalizerSequence([.. part.Items("normalizers").Select(Read)]);
            case "BertNormalizer":
                bool lowercase = part.Flag("lowercase", true);
                return new BertNormalizer(
                    part.Flag("clean_text", true), part.Flag("handle_chinese_chars", true), part.Flag("strip_accents", lowercase), lowercase);
            default:
                throw JsonParts.Unsupported("normalizer", kind,
                    "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Prepend, Strip, Replace, Precompiled, BertNormalizer and Sequence");
        }
    }

    private static Normalizer Replace(JsonElement part)
    {
        string content = part.NeedText("content");
        JsonElement pattern = part.Part("pattern") ?? default;
        if (pattern.Text("String") is { Length: > 0 } text) return new ReplaceText(text, content);
        return new ReplacePattern(new Pattern(pattern.NeedText("Regex")), content);
    }

    private static Charsmap ReadCharsmap(JsonElement part) =>
        part.Part("precompiled_charsmap") is { ValueKind: JsonValueKind.String } value && value.TryGetBytesFromBase64(out byte[]? bytes)
            ? new Charsmap(bytes)
            : throw JsonParts.Error("the Precompiled normalizer has no base64 charsmap.");
}
