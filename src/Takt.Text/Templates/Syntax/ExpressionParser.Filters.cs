namespace Takt.Text.Templates;

/// <summary>Filters, tests and the arguments of calls.</summary>
internal sealed partial class ExpressionParser
{
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
