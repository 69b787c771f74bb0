using System.Buffers;
using System.Text;

namespace Takt.Text.Tokenizers.Models;

/// <summary>The Unigram language model (Kudo 2018): of all ways to cut a word into pieces the one with the highest sum of scores.</summary>
internal sealed class Unigram : TokenModel
{
    private const float UnknownPenalty = 10;
    private readonly CharTrie _pieces = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly bool _singlePrecision;
    private readonly int[]? _byteTokens;

    /// <param name="vocabulary">Pieces with scores.</param>
    /// <param name="unknown">The token for what no piece covers.</param>
    /// <param name="byteFallback">Such characters become byte tokens, if there are all 256.</param>
    /// <param name="sentencePiece">Rounds sums to single precision and rates user-defined pieces as SentencePiece does.</param>
    public Unigram(Vocabulary vocabulary, int unknown, bool byteFallback, bool sentencePiece)
    {
        float[] scores = vocabulary.Scores!;
        (float min, float max) = (float.MaxValue, -float.MaxValue);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (float.IsNaN(scores[id])) throw new InvalidDataException($"Token {id} has no number as its score.");
            if (vocabulary.TypeOf(id) != TokenType.Normal) continue;
            (min, max) = (Math.Min(min, scores[id]), Math.Max(max, scores[id]));
        }

        _scores = new double[vocabulary.Count];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            TokenType type = vocabulary.TypeOf(id);
            bool defined = type == TokenType.UserDefined;
            _scores[id] = !defined ? scores[id] : sentencePiece ? (float)(Encoding.UTF8.GetByteCount(vocabulary[id]) * max - 0.1) : 0;
            if (defined || type == TokenType.Normal || (type == TokenType.Unused && !sentencePiece)) _pieces.Add(vocabulary[id], id);
        }

        (_unknown, _singlePrecision, _unknownScore) = (unknown, sentencePiece, min - UnknownPenalty);
        int[] bytes = byteFallback ? vocabulary.ByteTokens() : [];
        if (byteFallback && Array.TrueForAll(bytes, id => id >= 0)) _byteTokens = bytes;
    }

    /// <summary>The best cut of the text up to a position: its score, its last piece and where that begins.</summary>
    private struct Best
    {
        public double Score;
        public int Token;
        public int Start;
    }

    protected override void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        Best[] best = ArrayPool<Best>.Shared.Rent(word.Length + 1);
        best.AsSpan(0, word.Length + 1).Fill(new Best { Token = -1, Start = -1 });
        best[0].Start = 0;
        for (int start = 0; start < word.Length;)
        {
            CodePoints.At(word, start, out int length);
            if (!Extend(word, start, length, best)) Offer(ref best[start + length], best[start].Score + _unknownScore, -1, start);
            start += length;
        }

        Collect(word, best, ids);
        ArrayPool<Best>.Shared.Return(best);
    }

    /// <summary>Offers every piece that begins at <paramref name="start"/>; true if one is the single character there.</summary>
    private bool Extend(ReadOnlySpan<char> word, int start, int length, Best[] best)
    {
        bool single = false;
        double score = best[start].Score;
        int node = CharTrie.Root;
        for (int i = start; i < word.Length && (node = _pieces.Next(node, word[i])) >= 0; i++)
        {
            int token = _pieces.Value(node);
            if (token < 0) continue;
            Offer(ref best[i + 1], score + _scores[token], token, start);
            single |= i + 1 - start == length;
        }

        return single;
    }

    private void Offer(ref Best best, double score, int token, int start)
    {
        if (_singlePrecision) score = (float)score;
        if (best.Start < 0 || score > best.Score) best = new Best { Score = score, Token = token, Start = start };
    }

    private void Collect(ReadOnlySpan<char> word, Best[] best, List<int> ids)
    {
        int first = ids.Count;
        bool afterUnknown = false;
        for (int end = word.Length; end > 0; end = best[end].Start)
        {
            int token = best[end].Token;
            if (token >= 0) ids.Add(token);
            else if (_byteTokens is not null) AddBytesReversed(word[best[end].Start..end], ids);
            else if (!afterUnknown) ids.Add(_unknown);
            afterUnknown = token < 0;
        }

        ids.Reverse(first, ids.Count - first);
    }

    private void AddBytesReversed(ReadOnlySpan<char> character, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int length = Encoding.UTF8.GetBytes(character, utf8);
        for (int i = length - 1; i >= 0; i--) ids.Add(_byteTokens![utf8[i]]);
    }
}
