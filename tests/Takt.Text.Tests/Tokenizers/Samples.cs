using System.Text;
using System.Text.Json;
using Takt.Text.Tokenizers;
using Takt.Text.Tokenizers.Loading;
using Takt.Text.Tokenizers.Models;

namespace Takt.Text.Tests.Tokenizers;

/// <summary>Small tokenizers made on the spot, one of each kind, as the files they would come from.</summary>
internal static class Samples
{
    /// <summary>A byte-level BPE as GGUF metadata: 256 bytes, some merges, one control and one user-defined token.</summary>
    public static Dictionary<string, object> ByteLevel(IReadOnlyList<(string Left, string Right)>? merges = null)
    {
        merges ??= [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "Ġ"), ("ä", "½"), ("ä½", "ł"), ("a", "a"), ("aa", "aa")];
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(b => ByteAlphabet.Of((byte)b).ToString())];
        foreach ((string left, string right) in merges)
        {
            if (!tokens.Contains(left + right)) tokens.Add(left + right);
        }

        tokens.AddRange(["<|im_end|>", "<think>"]);
        int[] types = [.. Enumerable.Repeat(1, tokens.Count - 2), 3, 4];
        return new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = "qwen2",
            ["tokenizer.ggml.tokens"] = tokens.ToArray(),
            ["tokenizer.ggml.token_type"] = types,
            ["tokenizer.ggml.merges"] = merges.Select(m => $"{m.Left} {m.Right}").ToArray(),
            ["tokenizer.ggml.eos_token_id"] = (uint)(tokens.Count - 2),
        };
    }

    /// <summary>Pieces of SentencePiece: text, score, type.</summary>
    public static List<(string Text, float Score, int Type)> Pieces(bool bytes)
    {
        List<(string, float, int)> pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("[tag]", 0, 4)];
        if (bytes) pieces.AddRange(Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 0f, 6)));
        string[] texts = ["▁the", "▁t", "he", "in", "▁in", "aa", "aaaa", "▁", "t", "h", "e", "i", "n", "a", "b", "你", "好", "你好"];
        pieces.AddRange(texts.Select((t, i) => (t, -1f - i, 1)));
        return pieces;
    }

    public static Dictionary<string, object> SentencePieceGguf(string model)
    {
        List<(string Text, float Score, int Type)> pieces = Pieces(bytes: model == "llama");
        return new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = model,
            ["tokenizer.ggml.tokens"] = pieces.Select(p => p.Text).ToArray(),
            ["tokenizer.ggml.scores"] = pieces.Select(p => p.Score).ToArray(),
            ["tokenizer.ggml.token_type"] = pieces.Select(p => p.Type).ToArray(),
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
            ["tokenizer.ggml.unknown_token_id"] = 0u,
        };
    }

    /// <summary>A SentencePiece <c>.model</c> file.</summary>
    public static byte[] SentencePieceModel(int type)
    {
        using var file = new MemoryStream();
        foreach ((string text, float score, int kind) in Pieces(bytes: true))
        {
            using var piece = new MemoryStream();
            Field(piece, 1, Encoding.UTF8.GetBytes(text));
            piece.WriteByte(2 << 3 | 5);
            piece.Write(BitConverter.GetBytes(score));
            piece.Write([3 << 3, (byte)kind]);
            Field(file, 1, piece.ToArray());
        }

        Field(file, 2, [3 << 3, (byte)type, 35 << 3 & 0x7F | 0x80, 35 << 3 >> 7, 1]);
        Field(file, 3, [3 << 3, 1, 4 << 3, 1, 5 << 3, 1]);
        return file.ToArray();
    }

    public static string[] WordPieceVocabulary { get; } =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "in", "##side", "un", "##aff", "##able", "a", "##a", ",", "你"];

    /// <summary>A tokenizer.json; parts are JSON.</summary>
    public static string Json(string model, string? normalizer = null, string? preTokenizer = null, string? decoder = null, string? post = null, string added = "[]") =>
        $$"""
        { "version": "1.0", "added_tokens": {{added}}, "normalizer": {{normalizer ?? "null"}}, "pre_tokenizer": {{preTokenizer ?? "null"}},
          "post_processor": {{post ?? "null"}}, "decoder": {{decoder ?? "null"}}, "model": {{model}} }
        """;

    /// <summary>A WordPiece model without unknown words of up to some letters, so that words are visible in the tokens.</summary>
    public static string Words(params string[] words) => JsonSerializer.Serialize(new
    {
        type = "WordPiece",
        unk_token = "?",
        continuing_subword_prefix = "##",
        max_input_chars_per_word = 100,
        vocab = words.Prepend("?").Distinct().Select((w, i) => (w, i)).ToDictionary(p => p.w, p => p.i),
    });

    public static Tokenizer FromJson(string json) => new(TokenizerJsonReader.Parts(Encoding.UTF8.GetBytes(json), TokenizerConfig.None));

    private static void Field(MemoryStream to, int field, byte[] bytes)
    {
        to.WriteByte((byte)(field << 3 | 2));
        int length = bytes.Length;
        for (; length >= 0x80; length >>= 7) to.WriteByte((byte)(length | 0x80));
        to.WriteByte((byte)length);
        to.Write(bytes);
    }
}
