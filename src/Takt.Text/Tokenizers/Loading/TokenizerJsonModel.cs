using System.Runtime.CompilerServices;
using System.Text.Json;
using Takt.Text.Tokenizers.Models;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>
/// The <c>model</c> part of a tokenizer.json, read in one pass because it holds nearly all of the file. Merges are only located; they are
/// read when the vocabulary is complete.
/// </summary>
internal sealed class TokenizerJsonModel
{
    private readonly byte[] _json;
    private int _mergesAt = -1;
    private int _merges;

    public TokenizerJsonModel(byte[] json, ref Utf8JsonReader reader)
    {
        _json = json;
        if (reader.TokenType != JsonTokenType.StartObject) throw JsonParts.Error("'model' is not an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "vocab" when reader.TokenType == JsonTokenType.StartObject: ReadVocabulary(ref reader); break;
                case "vocab" when reader.TokenType == JsonTokenType.StartArray: ReadScoredVocabulary(ref reader); break;
                case "merges":
                    _mergesAt = (int)reader.TokenStartIndex;
                    _merges = Count(ref reader);
                    break;
                default: Options[name] = JsonElement.ParseValue(ref reader); break;
            }
        }
    }

    /// <summary>Tokens and their ids, in the file's order.</summary>
    public List<(string Text, int Id)> Tokens { get; } = [];

    /// <summary>Scores by id, for Unigram.</summary>
    public List<float>? Scores { get; private set; }

    /// <summary>The other properties.</summary>
    public Dictionary<string, JsonElement> Options { get; } = [];

    public string? Text(string name) =>
        Options.TryGetValue(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A whole number, or <paramref name="fallback"/> where there is none.</summary>
    public int Number(string name, int fallback)
    {
        if (!Options.TryGetValue(name, out JsonElement value) || value.ValueKind != JsonValueKind.Number) return fallback;
        return value.TryGetInt32(out int number) ? number : throw JsonParts.Error($"the model's {name} is {value.GetRawText()}, not a whole number.");
    }

    /// <summary>Characters of the longest word that WordPiece takes apart.</summary>
    public int LongestWord => Number("max_input_chars_per_word", 100);

    public bool Flag(string name, bool fallback = false) => Options.TryGetValue(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.True || (fallback && value.ValueKind == JsonValueKind.Null)
        : fallback;

    /// <summary>The merges, each written as <c>"a b"</c> or <c>["a", "b"]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public MergeTable ReadMerges(Vocabulary vocabulary)
    {
        if (_mergesAt < 0) throw JsonParts.Error("the BPE model has no merges.");
        var merges = new MergeList(vocabulary, _merges, Text("continuing_subword_prefix") ?? "", laterCounts: true);
        var reader = new Utf8JsonReader(_json.AsSpan(_mergesAt));
        reader.Read();
        Span<char> left = stackalloc char[1024], right = stackalloc char[1024];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String) merges.Add(left[..Copy(ref reader, left)]);
            else
            {
                bool pair = reader.TokenType == JsonTokenType.StartArray;
                reader.Read();
                int first = Copy(ref reader, left);
                reader.Read();
                int second = Copy(ref reader, right);
                pair &= reader.Read() && reader.TokenType == JsonTokenType.EndArray;
                if (!pair) throw JsonParts.Error("a merge is neither a text nor a pair of texts.");
                merges.Add(left[..first], right[..second]);
            }
        }

        return merges.Table;
    }

    /// <summary>Skips an array and counts its items.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Count(ref Utf8JsonReader reader)
    {
        int count = 0, depth = reader.CurrentDepth;
        if (reader.TokenType != JsonTokenType.StartArray) throw JsonParts.Error("'merges' is not an array.");
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.CurrentDepth == depth + 1 && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray) count++;
        }

        return count;
    }

    private static int Copy(ref Utf8JsonReader reader, scoped Span<char> to)
    {
        if (reader.TokenType != JsonTokenType.String) throw JsonParts.Error("a merge is neither a text nor a pair of texts.");
        // An escape takes at least as many bytes as the characters it stands for.
        if (reader.ValueSpan.Length > to.Length)
            throw JsonParts.Error($"a merge of {reader.ValueSpan.Length} bytes is over the limit of {to.Length}.");
        return reader.CopyString(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadVocabulary(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string text = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int id) || id < 0)
                throw JsonParts.Error($"the id of token '{text}' is not a whole number.");
            Tokens.Add((text, id));
        }
    }

    private void ReadScoredVocabulary(ref Utf8JsonReader reader)
    {
        Scores = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            reader.Read();
            double score = 0;
            bool number = reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out score);
            reader.Read();
            if (text is null || !number || reader.TokenType != JsonTokenType.EndArray)
                throw JsonParts.Error($"vocabulary entry {Tokens.Count} is not a pair of a text and a score.");
            Tokens.Add((text, Tokens.Count));
            Scores.Add((float)score);
        }
    }
}
