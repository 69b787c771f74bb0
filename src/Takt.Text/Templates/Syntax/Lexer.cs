namespace Takt.Text.Templates;

/// <summary>
/// Cuts a template into text and tags and applies white-space control: <c>-</c> strips, <c>+</c> keeps, a line break after a
/// block or comment goes (trim_blocks), and so does white space before one at the start of a line (lstrip_blocks).
/// </summary>
internal sealed class Lexer(string source)
{
    private readonly List<Token> _tokens = [];
    private int _position;
    private bool _lineStarting = true;

    /// <summary>Line breaks become \n, and the one at the very end goes.</summary>
    public static string Normalize(string source)
    {
        string text = source.Contains('\r') ? source.Replace("\r\n", "\n").Replace('\r', '\n') : source;
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    public List<Token> Run()
    {
        while (_position < source.Length)
        {
            int tag = FindTag(_position);
            if (tag < 0)
            {
                AddData(_position, source.Length);
                break;
            }

            if (source[tag + 1] == '#') ReadComment(tag);
            else if (source[tag + 1] == '{') ReadVariable(tag);
            else if (!TryReadRaw(tag)) ReadBlock(tag);
        }

        _tokens.Add(new Token(TokenKind.End, source.Length, ""));
        return _tokens;
    }

    private int FindTag(int from)
    {
        while (true)
        {
            int brace = source.IndexOf('{', from);
            if (brace < 0 || brace + 1 >= source.Length) return -1;
            if (source[brace + 1] is '{' or '%' or '#') return brace;
            from = brace + 1;
        }
    }

    private void ReadComment(int tag)
    {
        int content = OpenTag(tag, stripLine: true);
        int end = source.IndexOf("#}", content, StringComparison.Ordinal);
        if (end < 0) throw Fault.Syntax(tag, "this comment has no end; expected '#}'");
        CloseTag(end, content, trimLine: true);
    }

    private void ReadVariable(int tag)
    {
        _position = OpenTag(tag, stripLine: false);
        _tokens.Add(new Token(TokenKind.VariableBegin, tag, "{{"));
        ReadTag(TokenKind.VariableEnd, "}}", trimLine: false);
    }

    private void ReadBlock(int tag)
    {
        _position = OpenTag(tag, stripLine: true);
        _tokens.Add(new Token(TokenKind.BlockBegin, tag, "{%"));
        ReadTag(TokenKind.BlockEnd, "%}", trimLine: true);
    }

    private void ReadTag(TokenKind endKind, string end, bool trimLine)
    {
        var reader = new TagLexer(source, _tokens) { Position = _position };
        int start = _position;
        if (!reader.ReadUntil(end))
        {
            _position = source.Length;
            return;
        }

        _tokens.Add(new Token(endKind, reader.Position, end));
        CloseTag(reader.Position, start, trimLine);
    }

    /// <summary>Everything between raw and endraw is text.</summary>
    private bool TryReadRaw(int tag)
    {
        int content = MatchRaw(tag, "raw");
        if (content < 0) return false;
        OpenTag(tag, stripLine: true);
        CloseTag(content, tag + 2, trimLine: false);

        for (int end = _position; (end = source.IndexOf("{%", end, StringComparison.Ordinal)) >= 0; end += 2)
        {
            int close = MatchRaw(end, "endraw");
            if (close < 0) continue;
            OpenTag(end, stripLine: true);
            CloseTag(close, end + 2, trimLine: true);
            return true;
        }

        throw Fault.Syntax(tag, "this raw block has no end; expected '{% endraw %}'");
    }

    /// <summary>Where the tag that holds just this word ends with %}, or -1.</summary>
    private int MatchRaw(int tag, string word)
    {
        int at = tag + 2;
        if (at < source.Length && source[at] is '-' or '+') at++;
        at = SkipSpace(at);
        if (string.CompareOrdinal(source, at, word, 0, word.Length) != 0) return -1;
        at = SkipSpace(at + word.Length);
        if (at < source.Length && (source[at] == '-' || (source[at] == '+' && word == "endraw"))) at++;
        return string.CompareOrdinal(source, at, "%}", 0, 2) == 0 ? at : -1;
    }

    /// <summary>Adds the text before a tag, stripped as the tag's sign says; returns where the tag's content begins.</summary>
    private int OpenTag(int tag, bool stripLine)
    {
        char sign = tag + 2 < source.Length ? source[tag + 2] : '\0';
        int end = tag;
        if (sign == '-')
        {
            while (end > _position && PythonText.IsSpace(source[end - 1])) end--;
        }
        else if (sign != '+' && stripLine)
        {
            int line = tag;
            while (line > _position && source[line - 1] != '\n' && PythonText.IsSpace(source[line - 1])) line--;
            if (line == _position ? _lineStarting : source[line - 1] == '\n') end = line;
        }

        AddData(_position, end);
        return sign is '-' or '+' ? tag + 3 : tag + 2;
    }

    /// <summary>Continues after a tag whose two closing characters stand at <paramref name="end"/>.</summary>
    private void CloseTag(int end, int content, bool trimLine)
    {
        char sign = end > content ? source[end - 1] : '\0';
        _position = end + 2;
        if (sign == '-') _position = SkipSpace(_position);
        else if (sign != '+' && trimLine && _position < source.Length && source[_position] == '\n') _position++;
        _lineStarting = source[_position - 1] == '\n';
    }

    private int SkipSpace(int at)
    {
        while (at < source.Length && PythonText.IsSpace(source[at])) at++;
        return at;
    }

    private void AddData(int start, int end)
    {
        if (end > start) _tokens.Add(new Token(TokenKind.Data, start, source[start..end]));
    }
}
