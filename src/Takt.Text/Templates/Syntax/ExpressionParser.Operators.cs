namespace Takt.Text.Templates;

/// <summary>Operators, by precedence climbing.</summary>
internal sealed partial class ExpressionParser
{
    private const int OrLevel = 1;
    private const int AndLevel = 2;
    private const int NotLevel = 3;
    private const int CompareLevel = 4;
    private const int ConcatLevel = 6;

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
}
