namespace Takt.Text.Tokenizers.PreTokenization;

/// <summary>BERT's words: between white space, each punctuation character on its own.</summary>
internal sealed class BertWords : PreTokenizer
{
    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        List<Word> cut = new(text.Length / 4);
        foreach (Word word in words)
        {
            int start = word.Start;
            for (int i = word.Start, length; i < word.End; i += length)
            {
                int point = CodePoints.At(text, i, out length);
                bool space = CodePoints.IsWhiteSpace(point);
                if (!space && !CodePoints.IsBertPunctuation(point)) continue;
                if (i > start) cut.Add(new Word(start, i));
                if (!space) cut.Add(new Word(i, i + length));
                start = i + length;
            }

            if (word.End > start) cut.Add(new Word(start, word.End));
        }

        return cut;
    }
}
