using Takt.Cli.Chat;

namespace Takt.Cli.Tests;

public sealed class LineEditorTests : IDisposable
{
    private readonly Queue<ConsoleKeyInfo> _keys = new();
    private readonly StringWriter _screen = new();
    private readonly LineEditor _editor;
    private bool _pasting;

    public LineEditorTests() => _editor = new LineEditor(_keys.Dequeue, () => _pasting && _keys.Count > 0, _screen, () => 20);

    [Fact]
    public void Typed_text_is_returned()
    {
        Type("你好 world");
        Assert.Equal((LineEnd.Entered, "你好 world"), Enter());
        Assert.Contains("你好 world", _screen.ToString());
    }

    [Fact]
    public void The_cursor_moves_by_whole_characters()
    {
        Type("a😀é");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Delete);
        Type("x");
        Assert.Equal((LineEnd.Entered, "axé"), Enter());
    }

    [Fact]
    public void Wide_characters_are_deleted_whole()
    {
        Type("中文字😀");
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.Backspace);
        Assert.Equal((LineEnd.Entered, "中文"), Enter());
    }

    [Fact]
    public void Keys_of_the_shell_work()
    {
        Type("one two three");
        Control(ConsoleKey.W);
        Control(ConsoleKey.A);
        Type(">");
        Control(ConsoleKey.E);
        Type("<");
        Assert.Equal((LineEnd.Entered, ">one two <"), Enter());
        Type("abc");
        Control(ConsoleKey.U);
        Type("x");
        Press(ConsoleKey.Home);
        Control(ConsoleKey.K);
        Assert.Equal((LineEnd.Entered, ""), Enter());
    }

    [Fact]
    public void History_comes_back()
    {
        Type("first");
        Enter();
        Type("second");
        Enter();
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal((LineEnd.Entered, "first"), Enter());
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.DownArrow);
        Assert.Equal((LineEnd.Entered, ""), Enter());
    }

    [Fact]
    public void The_ends_of_input_are_told_apart()
    {
        Control(ConsoleKey.D);
        Assert.Equal(LineEnd.EndOfInput, _editor.Read("> ", out _));
        Type("text");
        Control(ConsoleKey.C);
        Assert.Equal(LineEnd.Interrupted, _editor.Read("> ", out _));
    }

    [Fact]
    public void Pasted_lines_stay_together()
    {
        _pasting = true;
        Type("one\ntwo\n");
        // The last line end of the paste is followed by nothing, so it ends the message.
        Assert.Equal(LineEnd.Entered, _editor.Read("> ", out string line));
        Assert.Equal("one\ntwo", line);
    }

    [Fact]
    public void A_line_longer_than_the_screen_is_drawn_over_rows()
    {
        Type(new string('中', 25));
        Assert.Equal((LineEnd.Entered, new string('中', 25)), Enter());
        // The prompt takes two columns and nine wide characters fill the row; the cursor goes up to redraw.
        Assert.Contains("\e[1A", _screen.ToString());
        Assert.Contains("\e[2A", _screen.ToString());
    }

    public void Dispose() => _screen.Dispose();

    private (LineEnd, string) Enter()
    {
        Press(ConsoleKey.Enter, '\r');
        LineEnd end = _editor.Read("> ", out string line);
        return (end, line);
    }

    private void Type(string text)
    {
        foreach (char c in text) _keys.Enqueue(new ConsoleKeyInfo(c, c == '\n' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));
    }

    private void Press(ConsoleKey key, char c = '\0') => _keys.Enqueue(new ConsoleKeyInfo(c, key, false, false, false));

    private void Control(ConsoleKey key) => _keys.Enqueue(new ConsoleKeyInfo((char)(key - ConsoleKey.A + 1), key, false, false, control: true));
}
