namespace Takt.Text.Tokenizers.Models;

/// <summary>WordPiece: from a word's start on always the longest piece; a word that does not come out becomes one unknown token.</summary>
internal sealed class WordPiece : TokenModel
{
    private readonly CharTrie _pieces = new();
    private readonly int _first;
    private readonly int _continuing;
    private readonly int _unknown;
    private readonly int _maxCharacters;

    /// <param name="vocabulary">The pieces.</param>
    /// <param name="firstPrefix">Stands in the vocabulary before a piece that begins a word (GGUF: U+2581).</param>
    /// <param name="continuingPrefix">Stands in the vocabulary before a piece that continues a word (<c>##</c>).</param>
    /// <param name="unknown">The token for words that do not come out.</param>
    /// <param name="maxCharacters">Longer words, in code points, are unknown.</param>
    public WordPiece(Vocabulary vocabulary, string firstPrefix, string continuingPrefix, int unknown, int maxCharacters)
    {
        for (int id = 0; id < vocabulary.Count; id++) _pieces.Add(vocabulary[id], id);
        (_first, _continuing) = (_pieces.Walk(firstPrefix), _pieces.Walk(continuingPrefix));
        (_unknown, _maxCharacters) = (unknown, maxCharacters);
    }

    protected override void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        int start = ids.Count;
        if (word.Length <= 2L * _maxCharacters && Characters(word) <= _maxCharacters)
        {
            for (int i = 0, length; i < word.Length; i += length)
            {
                int node = i == 0 ? _first : _continuing;
                length = 0;
                int token = node < 0 ? -1 : _pieces.Longest(word[i..], out length, node);
                if (token < 0)
                {
                    ids.RemoveRange(start, ids.Count - start);
                    break;
                }

                ids.Add(token);
            }
        }

        if (ids.Count == start) ids.Add(_unknown);
    }

    private static int Characters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word) count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
