using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Takt.Text.Tokenizers;

/// <summary>What kind a token is (the numbers are GGUF's and SentencePiece's).</summary>
internal enum TokenType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>The tokens by id: text, kind and, where the model has them, scores.</summary>
internal sealed class Vocabulary
{
    private readonly string[] _texts;
    private readonly TokenType[] _types;
    private readonly TextIndex _ids;

    /// <summary>Takes ownership of the arrays. A text that occurs twice belongs to the later id.</summary>
    /// <exception cref="InvalidDataException">The arrays differ in length or hold nulls.</exception>
    public Vocabulary(string[] texts, TokenType[]? types, float[]? scores)
    {
        if (texts.Length == 0) throw new InvalidDataException("The tokenizer's vocabulary is empty.");
        if (types is not null && types.Length < texts.Length || scores is not null && scores.Length < texts.Length)
        {
            (int typed, int scored) = (types?.Length ?? texts.Length, scores?.Length ?? texts.Length);
            throw new InvalidDataException($"The vocabulary has {texts.Length} tokens but {typed} types and {scored} scores.");
        }

        _texts = texts;
        _types = types ?? Enumerable.Repeat(TokenType.Normal, texts.Length).ToArray();
        Scores = scores;
        int hole = Array.IndexOf(texts, null);
        if (hole >= 0) throw new InvalidDataException($"The vocabulary has no text for token {hole} of {texts.Length}.");
        _ids = new TextIndex(texts);
    }

    public int Count => _texts.Length;

    /// <summary>Log probabilities (Unigram) or merge priorities (SentencePiece BPE); null where the model has none.</summary>
    public float[]? Scores { get; }

    public string this[int id] => _texts[id];

    public TokenType TypeOf(int id) => _types[id];

    public void SetType(int id, TokenType type) => _types[id] = type;

    public bool TryFind(ReadOnlySpan<char> text, out int id) => (id = _ids.Find(text)) >= 0;

    public int? Find(ReadOnlySpan<char> text) => TryFind(text, out int id) ? id : null;

    /// <summary>The ids of the 256 tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>, -1 where there is none.</summary>
    public int[] ByteTokens()
    {
        var ids = new int[256];
        for (int b = 0; b < 256; b++) ids[b] = Find($"<0x{b:X2}>") ?? -1;
        return ids;
    }

    /// <summary>The byte that a token such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    public static bool TryParseByte(string text, out byte value)
    {
        value = 0;
        return text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>' &&
            byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    [DoesNotReturn]
    public static void ThrowRange(int id, int count) =>
        throw new ArgumentOutOfRangeException(nameof(id), id, $"A token id must be from 0 to {count - 1}.");
}
