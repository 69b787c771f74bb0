using Takt.Text.Tokenizers.Patterns;

namespace Takt.Text.Tokenizers.PreTokenization;

/// <summary>A word's place in the text, as UTF-16 indices.</summary>
internal readonly record struct Word(int Start, int End);

/// <summary>Cuts text into the words that a model then encodes one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts each of <paramref name="words"/> further; may put another text in place of <paramref name="text"/>.</summary>
    /// <param name="text">The normalised text that the words lie in.</param>
    /// <param name="words">The words so far.</param>
    /// <param name="atStart">The text begins the input, no added token stands before it.</param>
    public abstract List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart);
}

/// <summary>Applies several one after the other.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        foreach (PreTokenizer step in steps) words = step.Split(ref text, words, atStart);
        return words;
    }
}

/// <summary>What becomes of the matches of a splitting pattern (the names are tokenizer.json's).</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts at the matches of a pattern.</summary>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    /// <summary>The pattern that cuts.</summary>
    public Pattern Pattern => pattern;

    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        List<Word> cut = new(words.Count + text.Length / 4);
        var machine = new PatternMachine(text.Length);
        List<(Word Piece, bool IsMatch)> pieces = [];
        foreach (Word word in words)
        {
            if (behavior == SplitBehavior.Isolated)
            {
                Isolate(text[word.Start..word.End], word.Start, machine, cut);
                continue;
            }

            pieces.Clear();
            Collect(text[word.Start..word.End], word.Start, machine, pieces);
            Arrange(pieces, cut);
        }

        return cut;
    }

    private void Isolate(ReadOnlySpan<char> text, int offset, PatternMachine machine, List<Word> cut)
    {
        int done = 0;
        for (int from = 0; pattern.Find(text, from, machine, out int start, out int end);)
        {
            if (start > done) cut.Add(new Word(offset + done, offset + start));
            if (end > start) cut.Add(new Word(offset + start, offset + end));
            done = end;
            if (end >= text.Length) break;
            from = end > start ? end : end + Step(text, end);
        }

        if (done < text.Length) cut.Add(new Word(offset + done, offset + text.Length));
    }

    private void Collect(ReadOnlySpan<char> text, int offset, PatternMachine machine, List<(Word Piece, bool IsMatch)> pieces)
    {
        int done = 0;
        for (int from = 0; from <= text.Length && pattern.Find(text, from, machine, out int start, out int end);)
        {
            if (start > done) pieces.Add((new Word(offset + done, offset + start), invert));
            pieces.Add((new Word(offset + start, offset + end), !invert));
            done = end;
            from = end > start ? end : end + Step(text, end);
        }

        if (done < text.Length) pieces.Add((new Word(offset + done, offset + text.Length), invert));
    }

    private static int Step(ReadOnlySpan<char> text, int at)
    {
        if (at >= text.Length) return 1;
        CodePoints.At(text, at, out int length);
        return length;
    }

    private void Arrange(List<(Word Piece, bool IsMatch)> pieces, List<Word> cut)
    {
        int first = cut.Count;
        bool previous = false;
        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach ((Word piece, bool isMatch) in pieces)
                {
                    if (!isMatch) cut.Add(piece);
                }

                break;
            case SplitBehavior.MergedWithNext:
                for (int i = pieces.Count - 1; i >= 0; i--)
                {
                    (Word piece, bool isMatch) = pieces[i];
                    if (isMatch && !previous && cut.Count > first) cut[^1] = new Word(piece.Start, cut[^1].End);
                    else cut.Add(piece);
                    previous = isMatch;
                }

                cut.Reverse(first, cut.Count - first);
                break;
            default:
                foreach ((Word piece, bool isMatch) in pieces)
                {
                    bool join = behavior == SplitBehavior.Contiguous ? isMatch == previous : isMatch && !previous;
                    if (join && cut.Count > first) cut[^1] = new Word(cut[^1].Start, piece.End);
                    else cut.Add(piece);
                    previous = isMatch;
                }

                break;
        }

        cut.RemoveAll(w => w.Start == w.End);
    }
}
