namespace Takt.Text.Templates;

/// <summary>Tokens with a place to read from, and what a parser expects there.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    // Each level costs a few stack frames, so it must stay far below what a thread's stack holds.
    private const int MaxNesting = 200;

    private int _index;
    private int _nesting;

    public Token Current => tokens[_index];

    public Token Following => tokens[Math.Min(_index + 1, tokens.Count - 1)];

    public Token Next()
    {
        Token token = tokens[_index];
        if (token.Kind != TokenKind.End) _index++;
        return token;
    }

    public bool AtOperator(string op) => Current.Kind == TokenKind.Operator && Current.Text == op;

    public bool AtName(string name) => Current.Kind == TokenKind.Name && Current.Text == name;

    public bool SkipOperator(string op)
    {
        if (!AtOperator(op)) return false;
        _index++;
        return true;
    }

    public bool SkipName(string name)
    {
        if (!AtName(name)) return false;
        _index++;
        return true;
    }

    public Token ExpectOperator(string op) => AtOperator(op) ? Next() : throw Unexpected($"'{op}'");

    public Token ExpectName(string name) => AtName(name) ? Next() : throw Unexpected($"'{name}'");

    public Token Expect(TokenKind kind, string what) => Current.Kind == kind ? Next() : throw Unexpected(what);

    public Fault Unexpected(string expected) =>
        Fault.Syntax(Current.Position, $"found {Current.Describe()}, expected {expected}");

    /// <summary>Goes one level deeper; an error ends the parsing, so only a success needs <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_nesting > MaxNesting)
            throw new Fault(TemplateErrorKind.Limit, $"the template nests more than {MaxNesting} levels deep").At(Current.Position);
    }

    public void Leave() => _nesting--;
}
