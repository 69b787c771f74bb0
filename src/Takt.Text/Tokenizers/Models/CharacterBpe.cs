using System.Buffers;
using System.Text;

namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// BPE over characters: SentencePiece's (merges by score) and tokenizer.json's (a list of merges), with byte fallback.
/// </summary>
internal sealed class CharacterBpe : TokenModel
{
    private readonly Vocabulary _vocabulary;
    private readonly Merges _merges;
    private readonly Options _options;
    private readonly int[] _byteTokens;
    private readonly bool _byteFallback;
    private readonly CutTable? _cuts;

    /// <param name="Unknown">The token for what has none; without it such characters are dropped.</param>
    /// <param name="ByteFallback">Unknown characters become byte tokens.</param>
    /// <param name="FuseUnknown">Unknown characters in a row make one token.</param>
    /// <param name="WholeWordsFirst">A word that is a token is taken whole.</param>
    /// <param name="NewlinesFirst">The same, for words of line feeds only.</param>
    /// <param name="ContinuingPrefix">Stands in the vocabulary before every symbol but a word's first.</param>
    /// <param name="WordSuffix">Stands in the vocabulary behind a word's last symbol.</param>
    /// <param name="UserDefined">Pieces that are matched before all else and never merged.</param>
    public sealed record Options(
        int? Unknown, bool ByteFallback, bool FuseUnknown, bool WholeWordsFirst = false, bool NewlinesFirst = false,
        string ContinuingPrefix = "", string WordSuffix = "", CharTrie? UserDefined = null);

    public CharacterBpe(Vocabulary vocabulary, Merges merges, Options options)
    {
        (_vocabulary, _merges, _options) = (vocabulary, merges, options);
        _byteTokens = options.ByteFallback ? vocabulary.ByteTokens() : [];
        _byteFallback = options.ByteFallback && Array.TrueForAll(_byteTokens, id => id >= 0);
        // Where words are all of the text the cuts find parts that are independent, and short enough to remember.
        bool plain = options is { WholeWordsFirst: false, ContinuingPrefix: "", WordSuffix: "" };
        if (plain && (_byteFallback || !options.FuseUnknown)) _cuts = new CutTable(vocabulary);
    }

    public Merges Merges => _merges;

    /// <summary>Cuts where no token reaches across; the parts are independent.</summary>
    protected override void EncodeLong(ReadOnlySpan<char> word, List<int> ids)
    {
        int start = 0;
        for (int i = 1; i < word.Length && _cuts is not null; i++)
        {
            if (!_cuts.MayCut(word[i - 1], word[i])) continue;
            EncodePart(word[start..i], ids);
            start = i;
        }

        EncodePart(word[start..], ids);
    }

    private void EncodePart(ReadOnlySpan<char> part, List<int> ids)
    {
        if (part.Length > WordCache.MaxLength) EncodeWord(part, ids);
        else Encode(part, ids);
    }

    protected override void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        bool whole = _options.WholeWordsFirst || (_options.NewlinesFirst && word.IndexOfAnyExcept('\n') < 0);
        if (whole && _vocabulary.TryFind(word, out int token))
        {
            ids.Add(token);
            return;
        }

        int[]? rented = null;
        // A character may become up to four byte tokens.
        int capacity = word.Length * 3;
        Span<int> symbols = capacity <= 256 ? stackalloc int[256] : (rented = ArrayPool<int>.Shared.Rent(capacity));
        int count = MergeQueue.Run(symbols[..Symbols(word, symbols)], _merges);
        bool afterUnknown = false;
        foreach (int symbol in symbols[..count])
        {
            token = PieceMerges.Token(symbol, out int codePoint);
            if (token >= 0) ids.Add(token);
            else if (!AppendBytes(codePoint, ids) && _options.Unknown is { } unknown && !(afterUnknown && _options.FuseUnknown)) ids.Add(unknown);
            afterUnknown = token < 0;
        }

        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
    }

    private int Symbols(ReadOnlySpan<char> word, Span<int> symbols)
    {
        int count = 0;
        for (int i = 0; i < word.Length;)
        {
            if (_options.UserDefined?.Longest(word[i..], out int length) is { } defined and >= 0)
            {
                symbols[count++] = PieceMerges.Frozen(defined);
                i += length;
                continue;
            }

            CodePoints.At(word, i, out length);
            symbols[count++] = Symbol(word.Slice(i, length), i == 0, i + length == word.Length);
            i += length;
        }

        return count;
    }

    private int Symbol(ReadOnlySpan<char> character, bool first, bool last)
    {
        if (_merges is PieceMerges pieces) return pieces.Symbol(character);
        if ((first || _options.ContinuingPrefix.Length == 0) && (!last || _options.WordSuffix.Length == 0))
            return _vocabulary.Find(character) ?? -1 - CodePoints.At(character, 0, out _);
        string text = $"{(first ? "" : _options.ContinuingPrefix)}{character}{(last ? _options.WordSuffix : "")}";
        return _vocabulary.Find(text) ?? -1 - CodePoints.At(character, 0, out _);
    }

    private bool AppendBytes(int codePoint, List<int> ids)
    {
        if (!_byteFallback) return false;
        Span<byte> utf8 = stackalloc byte[4];
        int length = new Rune(codePoint).EncodeToUtf8(utf8);
        foreach (byte b in utf8[..length]) ids.Add(_byteTokens[b]);
        return true;
    }
}
