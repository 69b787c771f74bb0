using System.Buffers;
using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tokenizers;

/// <summary>A token that is found in the text as it stands, before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What is looked for.</param>
/// <param name="Special">A control token: only matched where special tokens are parsed.</param>
/// <param name="StripLeft">White space before it belongs to it.</param>
/// <param name="StripRight">White space behind it belongs to it.</param>
/// <param name="SingleWord">It does not match inside a word.</param>
/// <param name="Normalized">It is looked for in the normalised text, itself normalised.</param>
internal sealed record AddedToken(
    int Id, string Text, bool Special, bool StripLeft = false, bool StripRight = false, bool SingleWord = false, bool Normalized = false);

/// <summary>A part of the text: an added token, or (id -1) text for the model.</summary>
internal readonly record struct Segment(int Token, int Start, int End);

/// <summary>Finds added tokens: leftmost, of those the longest.</summary>
internal sealed class AddedTokens
{
    private readonly Finder _raw, _rawPlain, _normalized, _normalizedPlain;

    /// <exception cref="InvalidDataException">A token has no text.</exception>
    public AddedTokens(IReadOnlyList<AddedToken> tokens, Normalizer? normalizer)
    {
        All = tokens;
        if (tokens.FirstOrDefault(t => t.Text.Length == 0) is { } empty)
            throw new InvalidDataException($"The added token {empty.Id} has no text.");
        IEnumerable<AddedToken> raw = tokens.Where(t => !t.Normalized), normalized = tokens.Where(t => t.Normalized);
        _raw = new Finder(raw, null);
        _rawPlain = new Finder(raw.Where(t => !t.Special), null);
        _normalized = new Finder(normalized, normalizer);
        _normalizedPlain = new Finder(normalized.Where(t => !t.Special), normalizer);
    }

    public IReadOnlyList<AddedToken> All { get; }

    /// <summary>Cuts text as it was given.</summary>
    public List<Segment> Cut(ReadOnlySpan<char> text, bool parseSpecial) => (parseSpecial ? _raw : _rawPlain).Cut(text);

    /// <summary>Cuts normalised text.</summary>
    public List<Segment> CutNormalized(ReadOnlySpan<char> text, bool parseSpecial) =>
        (parseSpecial ? _normalized : _normalizedPlain).Cut(text);

    private sealed class Finder
    {
        private readonly CharTrie _trie = new();
        private readonly List<AddedToken> _tokens = [];
        private readonly SearchValues<char> _first;

        public Finder(IEnumerable<AddedToken> tokens, Normalizer? normalizer)
        {
            HashSet<char> first = [];
            foreach (AddedToken token in tokens)
            {
                ReadOnlySpan<char> text = normalizer is null ? token.Text : normalizer.Apply(token.Text);
                if (text.IsEmpty) continue;
                _trie.Add(text, _tokens.Count);
                _tokens.Add(token);
                first.Add(text[0]);
            }

            _first = SearchValues.Create([.. first]);
        }

        public List<Segment> Cut(ReadOnlySpan<char> text)
        {
            List<Segment> segments = [];
            int done = 0;
            for (int i = 0; i < text.Length && !_trie.IsEmpty;)
            {
                int skip = text[i..].IndexOfAny(_first);
                if (skip < 0) break;
                i += skip;
                int index = _trie.Longest(text[i..], out int length);
                if (index < 0)
                {
                    i++;
                    continue;
                }

                AddedToken token = _tokens[index];
                int start = i, end = i += length;
                if (start < done || (token.SingleWord && InsideWord(text, start, end))) continue;
                if (token.StripLeft) start = Math.Max(done, text[..start].TrimEnd().Length);
                if (token.StripRight) end = text.Length - text[end..].TrimStart().Length;
                if (start > done) segments.Add(new Segment(-1, done, start));
                segments.Add(new Segment(token.Id, start, end));
                done = end;
                i = Math.Max(i, end);
            }

            if (done < text.Length) segments.Add(new Segment(-1, done, text.Length));
            return segments;
        }

        private static bool InsideWord(ReadOnlySpan<char> text, int start, int end) =>
            (start > 0 && Patterns.CharClasses.IsWord(CodePoints.At(text, CodePoints.Before(text, start), out _))) ||
            (end < text.Length && Patterns.CharClasses.IsWord(CodePoints.At(text, end, out _)));
    }
}
