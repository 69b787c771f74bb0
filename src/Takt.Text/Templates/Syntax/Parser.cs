namespace Takt.Text.Templates;

/// <summary>Parses a template into statements.</summary>
internal sealed class Parser
{
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private readonly HashSet<string> _namesRead = new(StringComparer.Ordinal);
    private int _loops;

    public Parser(List<Token> tokens)
    {
        _tokens = new TokenStream(tokens);
        _expressions = new ExpressionParser(_tokens) { NameRead = name => _namesRead.Add(name) };
    }

    public Statement[] ParseTemplate() => ParseUntil(null, []);

    /// <summary>Statements up to a tag that begins with one of the names, which becomes the current token.</summary>
    private Statement[] ParseUntil(Token? opener, ReadOnlySpan<string> ends)
    {
        _tokens.Enter();
        List<Statement> body = [];
        while (_tokens.Current.Kind != TokenKind.End)
        {
            Token token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextOutput(token.Text));
                    break;
                case TokenKind.VariableBegin:
                    body.Add(new ValueOutput(_expressions.ParseTuple()));
                    _tokens.Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                default:
                    if (_tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text))
                    {
                        _tokens.Leave();
                        return [.. body];
                    }

                    ParseStatement(body);
                    _tokens.Expect(TokenKind.BlockEnd, "'%}'");
                    break;
            }
        }

        if (opener is { } open)
            throw Fault.Syntax(open.Position, $"'{open.Text}' has no end; expected '{{% {string.Join(" %}' or '{% ", ends.ToArray())} %}}'");
        _tokens.Leave();
        return [.. body];
    }

    /// <summary>A body between a tag whose %} comes next and one of the ends.</summary>
    private Statement[] ParseBody(Token opener, params ReadOnlySpan<string> ends)
    {
        _tokens.SkipOperator(":");
        _tokens.Expect(TokenKind.BlockEnd, "'%}'");
        return ParseUntil(opener, ends);
    }

    /// <summary>The same, past the name that ends it; break and continue inside it do not reach a loop outside.</summary>
    private Statement[] ParseClosedBody(Token opener, string end)
    {
        int loops = _loops;
        _loops = 0;
        Statement[] body = ParseBody(opener, end);
        _loops = loops;
        _tokens.ExpectName(end);
        return body;
    }

    private void ParseStatement(List<Statement> body)
    {
        Token tag = _tokens.Expect(TokenKind.Name, "the name of a statement");
        switch (tag.Text)
        {
            case "print": ParsePrint(body); break;
            case "block": ParseBlock(tag, body); break;
            default: body.Add(ParseOne(tag)); break;
        }
    }

    private Statement ParseOne(Token tag) => tag.Text switch
    {
        "if" => ParseIf(tag),
        "for" => ParseFor(tag),
        "set" => ParseSet(tag),
        "macro" => ParseMacro(tag),
        "call" => ParseCall(tag),
        "filter" => ParseFilterBlock(tag),
        "with" => ParseWith(tag),
        "generation" => new ScopedBody(ParseClosedBody(tag, "endgeneration")),
        "do" => new Evaluation(_expressions.ParseTuple()),
        "break" or "continue" => ParseJump(tag),
        "include" or "import" or "from" or "extends" or "autoescape" =>
            throw Fault.Syntax(tag.Position, $"'{tag.Text}' is not supported in a chat template"),
        _ => throw Fault.Syntax(tag.Position, $"unknown statement '{tag.Text}'"),
    };

    private void ParsePrint(List<Statement> body)
    {
        do body.Add(new ValueOutput(_expressions.Parse()));
        while (_tokens.SkipOperator(","));
    }

    private void ParseBlock(Token tag, List<Statement> body)
    {
        string name = _tokens.Expect(TokenKind.Name, "the name of the block").Text;
        while (_tokens.SkipName("scoped") || _tokens.SkipName("required")) { }
        body.Add(new ScopedBody(ParseClosedBody(tag, "endblock")));
        _tokens.SkipName(name);
    }

    private Jump ParseJump(Token tag)
    {
        if (_loops == 0) throw Fault.Syntax(tag.Position, $"'{tag.Text}' outside of a loop");
        return new Jump(tag.Text == "break" ? Flow.Break : Flow.Continue);
    }

    private If ParseIf(Token tag)
    {
        List<(Expression Condition, Statement[] Body)> branches = [];
        while (true)
        {
            Expression condition = _expressions.ParseTuple(conditional: false);
            branches.Add((condition, ParseBody(tag, "elif", "else", "endif")));
            string end = _tokens.Next().Text;
            if (end == "elif") continue;
            Statement[] otherwise = [];
            if (end == "else")
            {
                otherwise = ParseBody(tag, "endif");
                _tokens.Next();
            }

            return new If([.. branches], otherwise);
        }
    }

    private For ParseFor(Token tag)
    {
        if (_tokens.AtName("loop")) throw _tokens.Unexpected("another name: 'loop' is set by the loop itself");
        Target target = ParseTarget("in");
        _tokens.ExpectName("in");
        Expression items = _expressions.ParseTuple(conditional: false, end: "recursive");
        Expression? filter = _tokens.SkipName("if") ? _expressions.Parse() : null;
        bool recursive = _tokens.SkipName("recursive");
        _loops++;
        Statement[] body = ParseBody(tag, "endfor", "else");
        _loops--;
        Statement[] otherwise = [];
        if (_tokens.Next().Text == "else")
        {
            otherwise = ParseBody(tag, "endfor");
            _tokens.Next();
        }

        return new For(tag.Position, target, items, filter, body, otherwise, recursive);
    }

    private Assignment ParseSet(Token tag)
    {
        Target target = ParseTarget(null);
        if (_tokens.SkipOperator("=")) return new Assignment(tag.Position, target, _expressions.ParseTuple());
        var captured = new CapturedBody(tag.Position);
        Expression value = _expressions.ParseFilters(captured);
        captured.Body = ParseClosedBody(tag, "endset");
        return new Assignment(tag.Position, target, value);
    }

    private ValueOutput ParseFilterBlock(Token tag)
    {
        var captured = new CapturedBody(tag.Position);
        Expression value = _expressions.ParseFilters(_expressions.ParseFilter(captured));
        captured.Body = ParseClosedBody(tag, "endfilter");
        return new ValueOutput(value);
    }

    private With ParseWith(Token tag)
    {
        List<(Target Target, Expression Value)> variables = [];
        while (_tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0) _tokens.ExpectOperator(",");
            Target target = ParseTarget(null);
            _tokens.ExpectOperator("=");
            variables.Add((target, _expressions.Parse()));
        }

        return new With(tag.Position, [.. variables], ParseClosedBody(tag, "endwith"));
    }

    private MacroStatement ParseMacro(Token tag)
    {
        string name = _tokens.Expect(TokenKind.Name, "the name of the macro").Text;
        return new MacroStatement(ParseMacroBody(tag, name, ParseParameters(), "endmacro"));
    }

    private CallBlock ParseCall(Token tag)
    {
        Parameter[] parameters = _tokens.AtOperator("(") ? ParseParameters() : [];
        if (_expressions.Parse() is not Call call) throw Fault.Syntax(tag.Position, "'call' needs the call of a macro");
        return new CallBlock(call, ParseMacroBody(tag, "caller", parameters, "endcall"));
    }

    private MacroDefinition ParseMacroBody(Token tag, string name, Parameter[] parameters, string end)
    {
        // Whether a macro takes further arguments depends on whether its body reads these names.
        string[] outer = [.. _namesRead];
        _namesRead.Clear();
        Statement[] body = ParseClosedBody(tag, end);
        var macro = new MacroDefinition(
            name, parameters, body, _namesRead.Contains("varargs"), _namesRead.Contains("kwargs"), _namesRead.Contains("caller"));
        _namesRead.UnionWith(outer);
        return macro;
    }

    private Parameter[] ParseParameters()
    {
        _tokens.ExpectOperator("(");
        List<Parameter> parameters = [];
        while (!_tokens.AtOperator(")"))
        {
            if (parameters.Count > 0) _tokens.ExpectOperator(",");
            Token name = _tokens.Expect(TokenKind.Name, "the name of a parameter");
            Expression? fallback = _tokens.SkipOperator("=") ? _expressions.Parse() : null;
            if (fallback is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw Fault.Syntax(name.Position, $"parameter '{name.Text}' needs a default, as the one before it has one");
            parameters.Add(new Parameter(name.Text, fallback));
        }

        _tokens.ExpectOperator(")");
        return [.. parameters];
    }

    private Target ParseTarget(string? end)
    {
        Token token = _tokens.Current;
        if (end is null && token.Kind == TokenKind.Name && _tokens.Following is { Kind: TokenKind.Operator, Text: "." })
        {
            _tokens.Next();
            _tokens.Next();
            return new NamespaceTarget(token.Text, _tokens.Expect(TokenKind.Name, "a name after '.'").Text);
        }

        List<Target> items = [];
        bool tuple = false;
        while (items.Count == 0 || !(_tokens.AtOperator("=") || (end is not null && _tokens.AtName(end))))
        {
            items.Add(ToTarget(_expressions.ParsePrimary()));
            if (!_tokens.SkipOperator(",")) break;
            tuple = true;
        }

        return tuple ? new TupleTarget([.. items]) : items[0];
    }

    private static Target ToTarget(Expression expression) => expression switch
    {
        Name name => new NameTarget(name.Text),
        TupleLiteral tuple => new TupleTarget([.. tuple.Items.Select(ToTarget)]),
        ListLiteral list => new TupleTarget([.. list.Items.Select(ToTarget)]),
        _ => throw Fault.Syntax(expression.Position, "cannot assign to this; expected a name"),
    };
}
