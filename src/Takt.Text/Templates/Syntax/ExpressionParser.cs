namespace Takt.Text.Templates;

/// <summary>Parses expressions; binary operators by precedence climbing.</summary>
internal sealed class ExpressionParser(TokenStream tokens)
{
    private const int OrLevel = 1;
    private const int AndLevel = 2;
    private const int NotLevel = 3;
    private const int CompareLevel = 4;
    private const int ConcatLevel = 6;

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

    /// <summary>Filters after a value: <c>| name(arguments)</c>, as many as follow.</summary>
    public Expression ParseFilters(Expression value)
    {
        while (tokens.SkipOperator("|")) value = ParseFilter(value);
        return value;
    }

    /// <summary>One filter, from its name on.</summary>
    public Expression ParseFilter(Expression value)
    {
        int position = tokens.Current.Position;
        string name = ParseDottedName("the name of a filter");
        return new Filter(position, name, value, tokens.AtOperator("(") ? ParseArguments() : ArgumentList.Empty);
    }

    private bool AtTupleEnd(string? end) =>
        tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || tokens.AtOperator(")") || (end is not null && tokens.AtName(end));

    private Expression ParseBinary(int level)
    {
        Expression left;
        if (level <= NotLevel && tokens.AtName("not"))
        {
            int position = tokens.Next().Position;
            tokens.Enter();
            left = new Not(position, ParseBinary(NotLevel));
            tokens.Leave();
        }
        else
        {
            left = ParseUnary(filters: true);
        }

        while (true)
        {
            Token op = tokens.Current;
            int found = LevelOf(op);
            if (found < level) return left;
            if (found == CompareLevel) left = ParseComparisons(left);
            else if (found == ConcatLevel) left = ParseConcat(left);
            else
            {
                tokens.Next();
                left = Operators.Binary(op, left, ParseBinary(found + 1));
            }
        }
    }

    private int LevelOf(Token token)
    {
        if (token.Kind is not (TokenKind.Operator or TokenKind.Name)) return 0;
        return token.Text switch
        {
            "or" => OrLevel,
            "and" => AndLevel,
            "==" or "!=" or "<" or "<=" or ">" or ">=" or "in" => CompareLevel,
            "not" when tokens.Following is { Kind: TokenKind.Name, Text: "in" } => CompareLevel,
            "+" or "-" => 5,
            "~" => ConcatLevel,
            "*" or "/" or "//" or "%" => 7,
            "**" => 8,
            _ => 0,
        };
    }

    private Comparison ParseComparisons(Expression first)
    {
        int position = tokens.Current.Position;
        List<(string Operator, Expression Operand)> rest = [];
        while (LevelOf(tokens.Current) == CompareLevel)
        {
            string op = tokens.Next().Text;
            if (op == "not")
            {
                tokens.Next();
                op = "not in";
            }

            rest.Add((op, ParseBinary(CompareLevel + 1)));
        }

        return new Comparison(position, first, [.. rest]);
    }

    private Concat ParseConcat(Expression first)
    {
        int position = tokens.Current.Position;
        List<Expression> parts = [first];
        while (tokens.SkipOperator("~")) parts.Add(ParseBinary(ConcatLevel + 1));
        return new Concat(position, [.. parts]);
    }

    private Expression ParseUnary(bool filters)
    {
        Token token = tokens.Current;
        Expression value;
        if (tokens.AtOperator("-") || tokens.AtOperator("+"))
        {
            tokens.Next();
            tokens.Enter();
            value = new Sign(token.Position, token.Text == "-", ParseUnary(filters: false));
            tokens.Leave();
        }
        else
        {
            value = ParsePrimary();
        }

        value = ParsePostfix(value);
        return filters ? ParseFiltersAndTests(value) : value;
    }

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

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            int position = tokens.Current.Position;
            if (tokens.SkipOperator("|")) value = ParseFilter(value);
            else if (tokens.SkipName("is")) value = ParseTest(position, value);
            else if (tokens.AtOperator("(")) value = new Call(position, value, ParseArguments());
            else return value;
        }
    }

    private Expression ParseTest(int position, Expression value)
    {
        bool negated = tokens.SkipName("not");
        string name = ParseDottedName("the name of a test");
        Expression test = new Test(position, name, value, ParseTestArguments());
        return negated ? new Not(position, test) : test;
    }

    private ArgumentList ParseTestArguments()
    {
        if (tokens.AtOperator("(")) return ParseArguments();
        Token next = tokens.Current;
        bool operand = next.Kind is TokenKind.String or TokenKind.Number
            || tokens.AtOperator("[") || tokens.AtOperator("{")
            || (next.Kind == TokenKind.Name && next.Text is not ("else" or "or" or "and"));
        if (!operand) return ArgumentList.Empty;
        if (tokens.AtName("is")) throw tokens.Unexpected("no second test: write 'a is x and a is y'");
        return new ArgumentList([ParsePostfix(ParsePrimary())], [], null, null);
    }

    private string ParseDottedName(string what)
    {
        string name = tokens.Expect(TokenKind.Name, what).Text;
        while (tokens.SkipOperator(".")) name += "." + tokens.Expect(TokenKind.Name, what).Text;
        return name;
    }

    private ArgumentList ParseArguments()
    {
        tokens.ExpectOperator("(");
        List<Expression> positional = [];
        List<(string Name, Expression Value)> named = [];
        Expression? rest = null;
        Expression? namedRest = null;
        while (!tokens.AtOperator(")"))
        {
            if (namedRest is not null) throw tokens.Unexpected("')' after **arguments");
            if (tokens.SkipOperator("**"))
            {
                namedRest = Parse();
            }
            else if (tokens.AtOperator("*") && rest is null)
            {
                tokens.Next();
                rest = Parse();
            }
            else if (tokens.Current.Kind == TokenKind.Name && tokens.Following is { Kind: TokenKind.Operator, Text: "=" })
            {
                string name = tokens.Next().Text;
                tokens.Next();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0 || rest is not null)
            {
                throw tokens.Unexpected("name=value after the first named argument");
            }
            else
            {
                positional.Add(Parse());
            }

            if (!tokens.SkipOperator(",")) break;
        }

        tokens.ExpectOperator(")");
        return new ArgumentList([.. positional], [.. named], rest, namedRest);
    }
}
