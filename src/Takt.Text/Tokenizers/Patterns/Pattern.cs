namespace Takt.Text.Tokenizers.Patterns;

/// <summary>
/// A compiled splitting pattern. It means what Oniguruma makes of it (leftmost, first alternative) over code points, and runs on a small
/// backtracking machine whose stack is on the heap and whose work per text is bounded.
/// </summary>
internal sealed class Pattern
{
    private readonly Instruction[] _program;
    private readonly CharSet? _first;
    private readonly CharSet? _leadingRun;

    /// <exception cref="InvalidDataException">The pattern is malformed or uses what is not supported.</exception>
    public Pattern(string source)
    {
        if (source.Length > 16_384)
            throw new InvalidDataException($"A split pattern of {source.Length} characters is over the limit of 16384.");
        Source = source;
        Node node = new PatternParser(source).Parse();
        _program = new PatternCompiler().Compile(node);
        _first = node.First is { } sets ? PatternCompiler.Union(sets) : null;
        while (node is Node.Sequence { Items: [var head, ..] }) node = head;
        if (node is Node.Repeat { Min: <= 1, Max: int.MaxValue, Mode: RepeatMode.Greedy, Body: Node.One run }) _leadingRun = run.Set;
    }

    /// <summary>The pattern's text.</summary>
    public string Source { get; }

    /// <summary>Finds the leftmost match at or after <paramref name="from"/>.</summary>
    public bool Find(ReadOnlySpan<char> text, int from, PatternMachine machine, out int start, out int end)
    {
        for (start = from; start <= text.Length;)
        {
            if (_first is null || _first.Match(text, start) > 0)
            {
                end = machine.Run(_program, text, start);
                if (end >= 0) return true;
                // What follows a leading run was tried after every length of the run; a shorter run offers nothing new.
                if (_leadingRun is not null)
                {
                    for (int n; (n = _leadingRun.Match(text, start)) > 0;) start += n;
                    if (_first is not null) continue;
                }
            }

            if (start >= text.Length) break;
            CodePoints.At(text, start, out int length);
            start += length;
        }

        end = -1;
        return false;
    }
}
