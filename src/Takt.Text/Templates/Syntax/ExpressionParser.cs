namespace Takt.Text.Templates;

/// <summary>Parses expressions: literals, names and what stands directly behind them.</summary>
internal sealed partial class ExpressionParser(TokenStream tokens)
{
    /// <summary>Told of every name that is read.</summary>
    public Action<string>? NameRead { get; set; }

    public Expression Parse()
    {
        tokens.Enter();
        Expression value = ParseBinary(OrLevel);
        while (tokens.AtName("if"))
        {
            int position = tokens.Next().Position;
            Expression condition = ParseBinary(OrLevel);
            Expression? otherwise = tokens.SkipName("else") ? Parse() : null;
            value = new Conditional(position, condition, value, otherwise);
        }

        tokens.Leave();
        return value;
    }

    /// <summary>One expression, or several with commas as a tuple; <paramref name="end"/> is a name that may follow the last comma.</summary>
    public Expression ParseTuple(bool conditional = true, string? end = null, bool allowEmpty = false)
    {
        int position = tokens.Current.Position;
        List<Expression> items = [];
        bool tuple = false;
        while (!AtTupleEnd(end))
        {
            items.Add(conditional ? Parse() : ParseBinary(OrLevel));
            if (!tokens.SkipOperator(",")) break;
            tuple = true;
        }

        if (!tuple && items.Count == 1) return items[0];
        if (!tuple && !allowEmpty) throw tokens.Unexpected("an expression");
        return new TupleLiteral(position, [.. items]);
    }

    /// <summary>A name, a literal or something in brackets.</summary>
    public Expression ParsePrimary()
    {
        Token token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Next();
                return ParseName(token);
            case TokenKind.Number:
                tokens.Next();
                return new Constant(token.Position, token.Value);
            case TokenKind.String:
                return new Constant(token.Position, ParseStrings());
        }

        if (tokens.SkipOperator("("))
        {
            Expression inner = ParseTuple(allowEmpty: true);
            tokens.ExpectOperator(")");
            return inner;
        }

        if (tokens.SkipOperator("[")) return ParseList(token.Position);
        if (tokens.SkipOperator("{")) return ParseDict(token.Position);
        throw tokens.Unexpected("an expression");
    }

    private bool AtTupleEnd(string? end) =>
        tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || tokens.AtOperator(")") || (end is not null && tokens.AtName(end));

    private Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True": return new Constant(token.Position, true);
            case "false" or "False": return new Constant(token.Position, false);
            case "none" or "None": return new Constant(token.Position, null);
        }

        NameRead?.Invoke(token.Text);
        return new Name(token.Position, token.Text);
    }

    private string ParseStrings()
    {
        string text = tokens.Next().Text;
        if (tokens.Current.Kind != TokenKind.String) return text;
        List<string> parts = [text];
        while (tokens.Current.Kind == TokenKind.String) parts.Add(tokens.Next().Text);
        return string.Concat(parts);
    }

    private ListLiteral ParseList(int position)
    {
        List<Expression> items = [];
        while (!tokens.AtOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.SkipOperator(",")) break;
        }

        tokens.ExpectOperator("]");
        return new ListLiteral(position, [.. items]);
    }

    private DictLiteral ParseDict(int position)
    {
        List<(Expression Key, Expression Value)> items = [];
        while (!tokens.AtOperator("}"))
        {
            Expression key = Parse();
            tokens.ExpectOperator(":");
            items.Add((key, Parse()));
            if (!tokens.SkipOperator(",")) break;
        }

        tokens.ExpectOperator("}");
        return new DictLiteral(position, [.. items]);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            int position = tokens.Current.Position;
            if (tokens.SkipOperator(".")) value = ParseMember(position, value);
            else if (tokens.SkipOperator("[")) value = ParseSubscript(position, value);
            else if (tokens.AtOperator("(")) value = new Call(position, value, ParseArguments());
            else return value;
        }
    }

    private Expression ParseMember(int position, Expression owner)
    {
        Token member = tokens.Current;
        if (member.Kind == TokenKind.Number && member.Value is long) return new Item(position, owner, new Constant(tokens.Next().Position, member.Value));
        return new Member(position, owner, tokens.Expect(TokenKind.Name, "a name or number after '.'").Text);
    }

    private Expression ParseSubscript(int position, Expression owner)
    {
        if (!tokens.AtOperator(":"))
        {
            // Commas make the key a tuple; it ends at the bracket, not where a tuple elsewhere may end.
            Expression first = Parse();
            if (tokens.AtOperator(",")) first = ParseTupleKey(position, first);
            if (tokens.SkipOperator("]")) return new Item(position, owner, first);
            return ParseSlice(position, owner, first);
        }

        return ParseSlice(position, owner, null);
    }

    private TupleLiteral ParseTupleKey(int position, Expression first)
    {
        List<Expression> items = [first];
        while (tokens.SkipOperator(",")) items.Add(Parse());
        return new TupleLiteral(position, [.. items]);
    }

    private Slice ParseSlice(int position, Expression owner, Expression? start)
    {
        tokens.ExpectOperator(":");
        Expression? stop = tokens.AtOperator(":") || tokens.AtOperator("]") ? null : Parse();
        Expression? step = tokens.SkipOperator(":") && !tokens.AtOperator("]") ? Parse() : null;
        tokens.ExpectOperator("]");
        return new Slice(position, owner, start, stop, step);
    }
}
