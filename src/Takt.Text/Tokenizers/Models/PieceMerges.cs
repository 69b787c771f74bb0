namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// SentencePiece BPE's rule: two symbols merge if their texts joined are a piece, pieces of higher score first. Symbols below zero
/// are code points that are no piece; <see cref="Frozen"/> ones never merge.
/// </summary>
internal sealed class PieceMerges : Merges
{
    private const int FrozenBase = -0x200000;
    private readonly Vocabulary _vocabulary;
    private readonly int[] _ranks;
    private readonly int _longest;

    public PieceMerges(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _ranks = new int[vocabulary.Count];
        for (int id = 0; id < _ranks.Length; id++)
        {
            bool merges = vocabulary.TypeOf(id) is TokenType.Normal or TokenType.UserDefined or TokenType.Unused;
            if (merges) _longest = Math.Max(_longest, vocabulary[id].Length);
            // Floats order like their bits, the negative ones backwards; a high score is a low rank.
            int bits = BitConverter.SingleToInt32Bits(vocabulary.Scores![id] + 0f);
            _ranks[id] = merges ? ~(bits < 0 ? bits ^ int.MaxValue : bits) : int.MinValue;
        }

        _longest = Math.Min(_longest, 1024);
    }

    /// <summary>The symbol for a code point: its piece, or a number below zero.</summary>
    public int Symbol(ReadOnlySpan<char> character) => _vocabulary.TryFind(character, out int id) && _ranks[id] != int.MinValue
        ? id
        : -1 - CodePoints.At(character, 0, out _);

    /// <summary>The symbol for a piece that stays as it is.</summary>
    public static int Frozen(int id) => FrozenBase - id;

    /// <summary>The token that a symbol is, or -1 with the code point that has none.</summary>
    public static int Token(int symbol, out int codePoint)
    {
        codePoint = -1 - symbol;
        return symbol >= 0 ? symbol : symbol <= FrozenBase ? FrozenBase - symbol : -1;
    }

    public override bool TryFind(int left, int right, out int rank, out int merged)
    {
        (rank, merged) = (0, -1);
        if (left <= FrozenBase || right <= FrozenBase) return false;
        Span<char> joined = stackalloc char[1024];
        if (!Append(left, joined, out int first) || !Append(right, joined[first..], out int second)) return false;
        if (!_vocabulary.TryFind(joined[..(first + second)], out merged)) return false;
        rank = _ranks[merged];
        return rank != int.MinValue;
    }

    private bool Append(int symbol, Span<char> to, out int length)
    {
        if (symbol < 0) return new System.Text.Rune(-1 - symbol).TryEncodeToUtf16(to, out length);
        string text = _vocabulary[symbol];
        length = text.Length;
        return length <= Math.Min(to.Length, _longest) && text.TryCopyTo(to);
    }
}
