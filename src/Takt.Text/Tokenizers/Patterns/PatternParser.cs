using System.Text;

namespace Takt.Text.Tokenizers.Patterns;

/// <summary>
/// Parses the part of Oniguruma's regular expressions that tokenizer files use: classes, groups, alternation, quantifiers in all three
/// modes, lookahead, one-character lookbehind, boundaries and inline case folding. Anything else is refused by name.
/// </summary>
internal sealed class PatternParser(string pattern)
{
    private const int MaxDepth = 60;
    private int _at;
    private int _depth;
    private bool _ignoreCase;

    /// <exception cref="InvalidDataException">The pattern is malformed or uses what is not supported.</exception>
    public Node Parse()
    {
        Node node = Alternation();
        if (_at < pattern.Length) throw Error("')' without '('");
        return node;
    }

    private Node Alternation()
    {
        if (++_depth > MaxDepth) throw Error("groups nest too deep");
        List<Node> choices = [];
        bool ignoreCase = _ignoreCase;
        do choices.Add(Sequence());
        while (Take('|'));
        _ignoreCase = ignoreCase;
        _depth--;
        return choices.Count == 1 ? choices[0] : new Node.Choice(choices);
    }

    private Node.Sequence Sequence()
    {
        List<Node> items = [];
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
        {
            if (Atom() is { } atom) items.Add(Quantified(atom));
        }

        return new Node.Sequence(items);
    }

    private Node Quantified(Node atom)
    {
        while (Quantifier() is var (min, max))
        {
            RepeatMode mode = Take('?') ? RepeatMode.Lazy : Take('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
            if (atom.Nullable && (max > 1 || atom is Node.Look or Node.Boundary))
                throw Error("a loop over what may be empty is not supported");
            atom = new Node.Repeat(atom, min, max, mode);
        }

        return atom;
    }

    private (int Min, int Max)? Quantifier()
    {
        if (Take('?')) return (0, 1);
        if (Take('*')) return (0, int.MaxValue);
        if (Take('+')) return (1, int.MaxValue);
        int close = _at < pattern.Length && pattern[_at] == '{' ? pattern.IndexOf('}', _at) : -1;
        if (close < 0) return null;
        string[] bounds = pattern[(_at + 1)..close].Split(',');
        if (bounds.Length > 2 || bounds.Any(b => !b.All(char.IsAsciiDigit)) || bounds.All(b => b.Length == 0)) return null;
        _at = close + 1;
        int min = bounds[0].Length == 0 ? 0 : Number(bounds[0]);
        int max = bounds.Length == 1 ? min : bounds[1].Length == 0 ? int.MaxValue : Number(bounds[1]);
        return min <= max ? (min, max) : throw Error("a repetition's bounds are reversed");
    }

    private int Number(string digits) =>
        int.TryParse(digits, out int n) && n <= 1000 ? n : throw Error("a repetition count is over 1000");

    private Node? Atom()
    {
        char c = pattern[_at];
        switch (c)
        {
            case '(': return Group();
            case '[': return One(new CharClassParser(pattern, _ignoreCase).Parse(ref _at));
            case '.': _at++; return One(x => x != '\n');
            case '^': _at++; return new Node.Boundary(BoundaryKind.LineStart);
            case '$': _at++; return new Node.Boundary(BoundaryKind.LineEnd);
            case '*' or '+' or '?': throw Error($"'{c}' has nothing to repeat");
            case '\\' when Boundary() is { } boundary: _at += 2; return boundary;
            default: return One(new CharClassParser(pattern, _ignoreCase).ParseItem(ref _at));
        }
    }

    private Node.Boundary? Boundary() => (_at + 1 < pattern.Length ? pattern[_at + 1] : '\0') switch
    {
        'b' => new Node.Boundary(BoundaryKind.Word),
        'B' => new Node.Boundary(BoundaryKind.NotWord),
        'A' => new Node.Boundary(BoundaryKind.TextStart),
        'z' or 'Z' => new Node.Boundary(BoundaryKind.TextEnd),
        _ => null,
    };

    private Node? Group()
    {
        _at++;
        if (!Take('?')) return Close(Alternation());
        if (Take(':')) return Close(Alternation());
        if (Take('>')) return new Node.Atomic(Close(Alternation()));
        if (Take('=')) return new Node.Look(Close(Alternation()), false, false);
        if (Take('!')) return new Node.Look(Close(Alternation()), false, true);
        if (Take('<'))
        {
            bool negative = !Take('=') && (Take('!') ? true : throw Error("named groups are not supported"));
            Node body = Close(Alternation());
            while (body is Node.Sequence { Items: [var only] }) body = only;
            return body is Node.One
                ? new Node.Look(body, true, negative)
                : throw Error("lookbehind over more than one character is not supported");
        }

        return Flags();
    }

    private Node? Flags()
    {
        bool outer = _ignoreCase, on = true;
        for (; _at < pattern.Length; _at++)
        {
            switch (pattern[_at])
            {
                case '-': on = false; break;
                case 'i': _ignoreCase = on; break;
                case ')': _at++; return null;
                case ':':
                    _at++;
                    Node body = Close(Alternation());
                    _ignoreCase = outer;
                    return body;
                default: throw Error($"the group option '{pattern[_at]}' is not supported");
            }
        }

        throw Error("a group is not closed");
    }

    private Node Close(Node body) => Take(')') ? body : throw Error("a group is not closed");

    private static Node.One One(Func<int, bool> contains) => new(new CharSet(contains));

    private bool Take(char c)
    {
        if (_at >= pattern.Length || pattern[_at] != c) return false;
        _at++;
        return true;
    }

    private InvalidDataException Error(string what) => Error(pattern, _at, what);

    internal static InvalidDataException Error(string pattern, int at, string what) =>
        new($"Split pattern '{(pattern.Length > 80 ? new StringBuilder(pattern, 0, 80, 83).Append("...") : pattern)}', position {at}: {what}.");
}
