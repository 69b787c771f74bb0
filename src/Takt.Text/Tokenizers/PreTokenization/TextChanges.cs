namespace Takt.Text.Tokenizers.PreTokenization;

/// <summary>Puts a space before every word that has none (tokenizer.json's <c>add_prefix_space</c>).</summary>
internal sealed class PrefixSpace : PreTokenizer
{
    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        var builder = new WordBuilder(text.Length + words.Count);
        foreach (Word word in words)
        {
            builder.Begin();
            if (text[word.Start] != ' ') builder.Add(' ');
            builder.Add(text[word.Start..word.End]);
        }

        return builder.Finish(out text);
    }
}

/// <summary>When <see cref="Metaspace"/> puts its mark before a word.</summary>
internal enum PrependScheme
{
    First,
    Never,
    Always,
}

/// <summary>Writes spaces as a visible mark (usually U+2581), puts one in front, and cuts before each mark.</summary>
internal sealed class Metaspace(char mark, PrependScheme prepend, bool split) : PreTokenizer
{
    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        var builder = new WordBuilder(text.Length + words.Count);
        foreach (Word word in words)
        {
            ReadOnlySpan<char> piece = text[word.Start..word.End];
            builder.Begin();
            bool wanted = prepend == PrependScheme.Always || (prepend == PrependScheme.First && atStart && word.Start == 0);
            if (wanted && piece[0] != mark && piece[0] != ' ') builder.Add(mark);
            foreach (char c in piece)
            {
                char written = c == ' ' ? mark : c;
                if (split && written == mark) builder.Begin();
                builder.Add(written);
            }
        }

        return builder.Finish(out text);
    }
}

/// <summary>Collects words that lie back to back in a new text.</summary>
internal sealed class WordBuilder(int capacity)
{
    private char[] _text = new char[capacity];
    private readonly List<Word> _words = [];
    private int _start;
    private int _end;

    /// <summary>Ends the word in progress, if it has characters.</summary>
    public void Begin()
    {
        if (_end > _start) _words.Add(new Word(_start, _end));
        _start = _end;
    }

    public void Add(char c)
    {
        if (_end == _text.Length) Array.Resize(ref _text, _end * 2 + 16);
        _text[_end++] = c;
    }

    public void Add(ReadOnlySpan<char> chars)
    {
        while (_end + chars.Length > _text.Length) Array.Resize(ref _text, _text.Length * 2 + 16);
        chars.CopyTo(_text.AsSpan(_end));
        _end += chars.Length;
    }

    public List<Word> Finish(out ReadOnlySpan<char> text)
    {
        Begin();
        text = _text.AsSpan(0, _end);
        return _words;
    }
}
