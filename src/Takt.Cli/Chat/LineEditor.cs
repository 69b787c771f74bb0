using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Takt.Cli.Chat;

/// <summary>How a line came to its end.</summary>
internal enum LineEnd
{
    /// <summary>Enter.</summary>
    Entered,

    /// <summary>Ctrl-D on an empty line, or the end of a file.</summary>
    EndOfInput,

    /// <summary>Ctrl-C.</summary>
    Interrupted,
}

/// <summary>
/// Edits a line on a terminal, with history, and with the widths that Chinese characters and emoji have on the screen (the terminal's
/// own line mode takes every character for one column wide).
/// </summary>
internal sealed class LineEditor(Func<ConsoleKeyInfo> readKey, Func<bool> keyWaits, TextWriter output, Func<int> width)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private string _prompt = "";
    private int _cursor;
    private int _cursorRow;
    private int _recalled;

    /// <summary>Reads a line; what is pasted with line breaks comes as one.</summary>
    public LineEnd Read(string prompt, out string line)
    {
        _prompt = prompt;
        _text.Clear();
        _cursor = _cursorRow = 0;
        _recalled = _history.Count;
        Draw();
        LineEnd? end = null;
        while (end is null)
        {
            end = Press(readKey());
            // Redrawing for every key of a paste would take quadratic time.
            if (end is not null || !keyWaits()) Draw();
        }

        _cursor = _text.Length;
        Draw();
        output.Write("\r\n");
        output.Flush();
        line = _text.ToString();
        if (end == LineEnd.Entered && line.Length > 0 && (_history.Count == 0 || _history[^1] != line)) _history.Add(line);
        return end.Value;
    }

    private LineEnd? Press(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.C when control: return LineEnd.Interrupted;
            case ConsoleKey.D when control:
                if (_text.Length == 0) return LineEnd.EndOfInput;
                Remove(_cursor, Next());
                break;
            case ConsoleKey.Enter:
                if (!keyWaits()) return LineEnd.Entered;
                Insert('\n');
                break;
            case ConsoleKey.LeftArrow: _cursor = Previous(); break;
            case ConsoleKey.RightArrow: _cursor = Next(); break;
            case ConsoleKey.Home: _cursor = 0; break;
            case ConsoleKey.A when control: _cursor = 0; break;
            case ConsoleKey.End: _cursor = _text.Length; break;
            case ConsoleKey.E when control: _cursor = _text.Length; break;
            case ConsoleKey.Backspace: Remove(Previous(), _cursor); break;
            case ConsoleKey.Delete: Remove(_cursor, Next()); break;
            case ConsoleKey.U when control: Remove(0, _cursor); break;
            case ConsoleKey.K when control: Remove(_cursor, _text.Length); break;
            case ConsoleKey.W when control: Remove(WordStart(), _cursor); break;
            case ConsoleKey.UpArrow: Recall(_recalled - 1); break;
            case ConsoleKey.DownArrow: Recall(_recalled + 1); break;
            default:
                if (!char.IsControl(key.KeyChar)) Insert(key.KeyChar);
                else if (key.KeyChar is '\n' or '\r') return keyWaits() ? null : LineEnd.Entered;
                break;
        }

        return null;
    }

    private void Insert(char character) => _text.Insert(_cursor++, character);

    private void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        _cursor = from;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > _history.Count) return;
        _recalled = index;
        _text.Clear();
        if (index < _history.Count) _text.Append(_history[index]);
        _cursor = _text.Length;
    }

    private int Next()
    {
        string text = _text.ToString();
        return _cursor == text.Length ? _cursor : _cursor + StringInfo.GetNextTextElementLength(text, _cursor);
    }

    private int Previous()
    {
        string text = _text.ToString();
        int position = 0;
        while (position < _cursor)
        {
            int next = position + StringInfo.GetNextTextElementLength(text, position);
            if (next >= _cursor) break;
            position = next;
        }

        return position;
    }

    private int WordStart()
    {
        int position = _cursor;
        while (position > 0 && char.IsWhiteSpace(_text[position - 1])) position--;
        while (position > 0 && !char.IsWhiteSpace(_text[position - 1])) position--;
        return position;
    }

    private void Draw()
    {
        int columns = Math.Max(2, width());
        string text = _text.ToString();
        (int row, int column) = Place(_prompt + text[.._cursor], columns);
        (int lastRow, int lastColumn) = Place(_prompt + text, columns);
        if (_cursorRow > 0) output.Write($"\e[{_cursorRow}A");
        output.Write("\r\e[J");
        output.Write((_prompt + text).Replace("\n", "\r\n", StringComparison.Ordinal));
        // A terminal stays in the last column until the next character; the row counted here begins with that one.
        if (lastColumn == 0 && lastRow > 0 && !text.EndsWith('\n')) output.Write("\r\n");
        if (lastRow > row) output.Write($"\e[{lastRow - row}A");
        output.Write('\r');
        if (column > 0) output.Write($"\e[{column}C");
        output.Flush();
        _cursorRow = row;
    }

    private static (int Row, int Column) Place(string text, int columns)
    {
        int row = 0, column = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            string element = elements.GetTextElement();
            int cells = element == "\n" ? 0 : Segment.CellCount([new Segment(element)]);
            if (element == "\n" || column + cells > columns)
            {
                row++;
                column = 0;
            }

            column += cells;
            if (column < columns) continue;
            row++;
            column = 0;
        }

        return (row, column);
    }
}
