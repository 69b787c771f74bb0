namespace Takt.Text.Templates;

/// <summary>A macro's parameter; without a default it is undefined where no argument is given.</summary>
internal sealed record Parameter(string Name, Expression? Default);

/// <summary>What a macro or the body of a call block is made of; the flags say which special names its body reads.</summary>
internal sealed record MacroDefinition(
    string Name, Parameter[] Parameters, Statement[] Body, bool TakesRest, bool TakesNamedRest, bool TakesCaller);

internal sealed class MacroStatement(MacroDefinition macro) : Statement
{
    public override Flow Execute(Scope scope)
    {
        scope.Set(macro.Name, new MacroValue(macro, scope));
        return Flow.Next;
    }
}

/// <summary><c>{% call macro() %}body{% endcall %}</c>: the macro gets the body as its <c>caller</c>.</summary>
internal sealed class CallBlock(Call call, MacroDefinition body) : Statement
{
    public override Flow Execute(Scope scope)
    {
        object? result = call.EvaluateWith(scope, new MacroValue(body, scope));
        scope.Runtime.Write(Values.ToText(scope.Runtime, result));
        return Flow.Next;
    }
}
