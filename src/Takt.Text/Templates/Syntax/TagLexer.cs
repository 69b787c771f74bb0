using System.Globalization;
using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Reads names, literals and operators inside a tag.</summary>
internal sealed class TagLexer(string source, List<Token> tokens)
{
    private static readonly string[] s_operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly Stack<char> _open = new();

    public int Position { get; set; }

    /// <summary>Reads tokens until the tag's end, where <see cref="Position"/> then stands; false if the template ends first.</summary>
    public bool ReadUntil(string end)
    {
        while (Position < source.Length)
        {
            // A closing brace of a dict may look like the end of the tag.
            if (_open.Count == 0 && AtEnd(end)) return true;
            char c = source[Position];
            if (PythonText.IsSpace(c)) Position++;
            else if (char.IsAsciiDigit(c)) ReadNumber();
            else if (c == '_' || char.IsLetter(c)) ReadName();
            else if (c is '"' or '\'') ReadString(c);
            else ReadOperator();
        }

        return false;
    }

    private bool AtEnd(string end)
    {
        int at = Position;
        bool sign = source[at] == '-' || (source[at] == '+' && end == "%}");
        if (sign) at++;
        if (string.CompareOrdinal(source, at, end, 0, end.Length) != 0) return false;
        Position = at;
        return true;
    }

    private void ReadName()
    {
        int start = Position;
        while (Position < source.Length && (source[Position] == '_' || char.IsLetterOrDigit(source[Position]))) Position++;
        tokens.Add(new Token(TokenKind.Name, start, source[start..Position]));
    }

    private void ReadNumber()
    {
        int start = Position;
        if (source[start] == '0' && start + 1 < source.Length && char.ToLowerInvariant(source[start + 1]) is 'x' or 'o' or 'b')
        {
            Position += 2;
            while (Position < source.Length && (char.IsAsciiHexDigit(source[Position]) || source[Position] == '_')) Position++;
            AddInteger(start);
            return;
        }

        SkipDigits();
        bool afterDot = start > 0 && source[start - 1] == '.';
        bool real = !afterDot && (SkipFraction() | SkipExponent());
        if (!real)
        {
            AddInteger(start);
            return;
        }

        double value = double.Parse(source[start..Position].Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture);
        tokens.Add(new Token(TokenKind.Number, start, source[start..Position], value));
    }

    private void AddInteger(int start)
    {
        string text = source[start..Position];
        bool padded = text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]) && text.AsSpan().ContainsAnyExcept('0', '_');
        if (padded || PythonNumbers.ParseInteger(text, 0) is not BigInteger value)
            throw Fault.Syntax(start, $"'{text}' is not a number");
        tokens.Add(new Token(TokenKind.Number, start, text, PythonNumbers.Normalize(value)));
    }

    private void SkipDigits()
    {
        while (Position < source.Length
            && (char.IsAsciiDigit(source[Position]) || (source[Position] == '_' && IsDigit(Position + 1)))) Position++;
    }

    private bool SkipFraction()
    {
        if (Position >= source.Length || source[Position] != '.' || !IsDigit(Position + 1)) return false;
        Position++;
        SkipDigits();
        return true;
    }

    private bool SkipExponent()
    {
        if (Position >= source.Length || source[Position] is not ('e' or 'E')) return false;
        int at = Position + 1;
        if (at < source.Length && source[at] is '+' or '-') at++;
        if (!IsDigit(at)) return false;
        Position = at;
        SkipDigits();
        return true;
    }

    private bool IsDigit(int at) => at < source.Length && char.IsAsciiDigit(source[at]);

    private void ReadString(char quote)
    {
        int start = Position++;
        while (Position < source.Length && source[Position] != quote) Position += source[Position] == '\\' ? 2 : 1;
        if (Position >= source.Length) throw Fault.Syntax(start, $"this string has no end; expected {quote}");
        tokens.Add(new Token(TokenKind.String, start, StringLiteral.Unescape(source, start + 1, Position)));
        Position++;
    }

    private void ReadOperator()
    {
        string? op = Array.Find(s_operators, candidate =>
            string.CompareOrdinal(source, Position, candidate, 0, candidate.Length) == 0);
        if (op is null) throw Fault.Syntax(Position, $"unexpected character '{source[Position]}'");
        char closes = op[0] switch { '(' => ')', '[' => ']', '{' => '}', _ => '\0' };
        if (closes != '\0') _open.Push(closes);
        if (op[0] is ')' or ']' or '}')
        {
            if (!_open.TryPop(out char expected)) throw Fault.Syntax(Position, $"unexpected '{op}'");
            if (expected != op[0]) throw Fault.Syntax(Position, $"found '{op}', expected '{expected}'");
        }

        tokens.Add(new Token(TokenKind.Operator, Position, op));
        Position += op.Length;
    }
}
