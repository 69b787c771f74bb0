using System.Text;
using System.Text.Json;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.Patterns;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Builds a decoder from tokenizer.json's chain of decoders, each of which works on single tokens.</summary>
internal sealed class JsonDecoders : TokenDecoder
{
    private readonly List<Func<string, string>> _steps = [];
    private bool _byteFallback, _byteLevel, _fused, _dropsFirstSpace;

    private JsonDecoders()
    {
    }

    public override bool DropsFirstSpace => _dropsFirstSpace;

    /// <summary>The decoder of a file; without one tokens are joined by spaces.</summary>
    public static TokenDecoder Read(JsonElement? part)
    {
        var decoder = new JsonDecoders();
        if (part is { } root)
        {
            if (root.Kind() == "ByteLevel") return new ByteLevelDecoder();
            decoder.Add(root);
        }
        else decoder.JoinBySpaces();

        return decoder;
    }

    public override byte[] Decode(string token)
    {
        if (_byteFallback && Vocabulary.TryParseByte(token, out byte value)) return [value];
        foreach (Func<string, string> step in _steps) token = step(token);
        return (_byteLevel ? ByteAlphabet.Unspell(token) : null) ?? Encoding.UTF8.GetBytes(token);
    }

    private void JoinBySpaces()
    {
        _steps.Add(token => " " + token);
        _dropsFirstSpace = true;
    }

    private void Add(JsonElement part)
    {
        string kind = part.Kind();
        switch (kind)
        {
            case "Sequence":
                foreach (JsonElement item in part.Items("decoders")) Add(item);
                break;
            case "ByteLevel": _byteLevel = true; break;
            case "ByteFallback": _byteFallback = true; break;
            case "Fuse": _fused = true; break;
            case "Replace": _steps.Add(Replace(part)); break;
            case "Strip": AddStrip(part); break;
            case "Metaspace":
                string mark = part.Text("replacement") ?? "\u2581";
                _steps.Add(token => token.Replace(mark, " ", StringComparison.Ordinal));
                _dropsFirstSpace |= part.Text("prepend_scheme") is not "never" && part.Flag("add_prefix_space", true);
                break;
            case "WordPiece":
                var pieces = new WordPieceDecoder("", part.Text("prefix") ?? "##", part.Flag("cleanup", true));
                _steps.Add(token => Encoding.UTF8.GetString(pieces.Decode(token)));
                _dropsFirstSpace = true;
                break;
            case "BPEDecoder":
                string suffix = part.Text("suffix") ?? "</w>";
                _steps.Add(token => token.Replace(suffix, " ", StringComparison.Ordinal));
                break;
            default:
                throw JsonParts.Unsupported("decoder", kind, "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace, WordPiece, BPEDecoder and Sequence");
        }
    }

    private static Func<string, string> Replace(JsonElement part)
    {
        string content = part.NeedText("content");
        JsonElement pattern = part.Part("pattern") ?? default;
        Normalizer replace = pattern.Text("String") is { Length: > 0 } text
            ? new ReplaceText(text, content)
            : new ReplacePattern(new Pattern(pattern.NeedText("Regex")), content);
        return token => replace.Apply(token).ToString();
    }

    private void AddStrip(JsonElement part)
    {
        string content = part.NeedText("content");
        int start = part.Number("start", 0), stop = part.Number("stop", 0);
        if (content.Length != 1) throw JsonParts.Error($"the Strip decoder's content '{content}' is not one character.");
        if (_fused)
        {
            // Behind Fuse there is only one text left: its first space goes.
            if (content != " " || start > 1 || stop > 0)
                throw JsonParts.Unsupported("decoder", "Strip", "one leading space after Fuse, any before");
            _dropsFirstSpace |= start == 1;
            return;
        }

        _steps.Add(token =>
        {
            int from = 0, to = token.Length;
            while (from < start && from < to && token[from] == content[0]) from++;
            for (int i = 0; i < stop && to > from && token[to - 1] == content[0]; i++) to--;
            return token[from..to];
        });
    }
}
