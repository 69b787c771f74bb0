using System.Globalization;

namespace Takt.Text.Tokenizers.Patterns;

/// <summary>Parses one character or one bracketed class of a pattern into a predicate.</summary>
internal sealed class CharClassParser(string pattern, bool ignoreCase)
{
    private const int MaxDepth = 20;
    private int _depth;

    /// <summary>Parses a class from its <c>[</c> on; intersections (<c>&amp;&amp;</c>) and nested classes included.</summary>
    public Func<int, bool> Parse(ref int at)
    {
        if (++_depth > MaxDepth) throw Error(at, "classes nest too deep");
        int start = at++;
        bool negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        List<Func<int, bool>> items = [], operands = [];
        for (bool first = true; ; first = false)
        {
            if (at >= pattern.Length) throw Error(start, "a class is not closed");
            if (pattern[at] == ']' && !first) break;
            if (pattern.AsSpan(at).StartsWith("&&"))
            {
                at += 2;
                operands.Add(Union(items));
                items = [];
            }
            else items.Add(pattern[at] == '[' ? Nested(ref at) : Range(ref at));
        }

        at++;
        _depth--;
        operands.Add(Union(items));
        Func<int, bool> all = operands.Count == 1 ? operands[0] : c => operands.TrueForAll(o => o(c));
        return negated ? c => !all(c) : all;
    }

    /// <summary>Parses one character or escape outside a class.</summary>
    public Func<int, bool> ParseItem(ref int at) => Escape(ref at, out int literal) ?? Literal(literal, literal);

    private Func<int, bool> Nested(ref int at)
    {
        if (!pattern.AsSpan(at).StartsWith("[:")) return Parse(ref at);
        int close = pattern.IndexOf(":]", at, StringComparison.Ordinal);
        if (close < 0) return Parse(ref at);
        string name = pattern[(at + 2)..close];
        at = close + 2;
        return Property(name, at);
    }

    private Func<int, bool> Range(ref int at)
    {
        if (Escape(ref at, out int low) is { } named) return named;
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']') return Literal(low, low);
        at++;
        if (Escape(ref at, out int high) is not null) throw Error(at, "a range ends in a class");
        return low <= high ? Literal(low, high) : throw Error(at, "a range is reversed");
    }

    private Func<int, bool> Literal(int low, int high)
    {
        Func<int, bool> inside = low == high ? c => c == low : c => c >= low && c <= high;
        return ignoreCase ? c => inside(c) || Folds(c).Any(inside) : inside;
    }

    private static IEnumerable<int> Folds(int codePoint)
    {
        // The two letters outside ASCII that fold into it.
        if (codePoint is 'k' or 'K') yield return 0x212A;
        if (codePoint is 's' or 'S') yield return 0x17F;
        if (codePoint is 0x17F) { yield return 's'; yield return 'S'; }
        if (codePoint is 0x212A) { yield return 'k'; yield return 'K'; }
        if (codePoint is >= 0xD800 and <= 0xDFFF) yield break;
        var rune = new System.Text.Rune(codePoint);
        yield return System.Text.Rune.ToLowerInvariant(rune).Value;
        yield return System.Text.Rune.ToUpperInvariant(rune).Value;
    }

    /// <summary>Reads one item: a class by name is returned, a character goes to <paramref name="literal"/>.</summary>
    private Func<int, bool>? Escape(ref int at, out int literal)
    {
        literal = CodePoints.At(pattern, at, out int length);
        at += length;
        if (literal != '\\') return null;
        if (at >= pattern.Length) throw Error(at, "it ends in a backslash");
        char c = pattern[at++];
        switch (c)
        {
            case 's': return CodePoints.IsWhiteSpace;
            case 'S': return x => !CodePoints.IsWhiteSpace(x);
            case 'd': return CharClasses.IsDigit;
            case 'D': return x => !CharClasses.IsDigit(x);
            case 'w': return CharClasses.IsWord;
            case 'W': return x => !CharClasses.IsWord(x);
            case 'h': return x => x < 128 && char.IsAsciiHexDigit((char)x);
            case 'p' or 'P': return Named(ref at, c == 'P');
        }

        literal = c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            '0' => 0,
            'x' or 'u' or 'U' => Hex(ref at, c),
            _ when char.IsAsciiLetterOrDigit(c) => throw Error(at, $"the escape '\\{c}' is not supported"),
            _ => c,
        };
        return null;
    }

    private Func<int, bool> Named(ref int at, bool negated)
    {
        string name;
        if (at < pattern.Length && pattern[at] == '{')
        {
            int close = pattern.IndexOf('}', at);
            if (close < 0) throw Error(at, "a property name is not closed");
            name = pattern[(at + 1)..close];
            at = close + 1;
        }
        else name = at < pattern.Length ? pattern[at++].ToString() : "";

        if (name.StartsWith('^')) (negated, name) = (!negated, name[1..]);
        Func<int, bool> property = Property(name, at);
        return negated ? c => !property(c) : property;
    }

    private int Hex(ref int at, char kind)
    {
        int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8, start = at;
        if (at < pattern.Length && pattern[at] == '{')
        {
            int close = pattern.IndexOf('}', at);
            (start, digits) = (at + 1, close - at - 1);
            at = close + 1;
        }
        else at += digits;

        return digits is > 0 and <= 8 && start + digits <= pattern.Length &&
            int.TryParse(pattern.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, null, out int value) && value is >= 0 and <= 0x10FFFF
            ? value
            : throw Error(start, "a hexadecimal escape is malformed");
    }

    private Func<int, bool> Property(string name, int at) =>
        CharClasses.Property(name.Trim()) ?? throw Error(at, $"the character property '{name}' is not known");

    private static Func<int, bool> Union(List<Func<int, bool>> items) => items.Count == 1 ? items[0] : c => items.Exists(i => i(c));

    private InvalidDataException Error(int at, string what) => PatternParser.Error(pattern, at, what);
}
