namespace Takt.Text.Templates;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A part of the syntax tree that writes or changes something.</summary>
internal abstract class Statement
{
    public abstract Flow Execute(Scope scope);

    public static Flow Run(Statement[] body, Scope scope)
    {
        foreach (Statement statement in body)
        {
            scope.Runtime.Step();
            Flow flow = statement.Execute(scope);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}

internal sealed class TextOutput(string text) : Statement
{
    public override Flow Execute(Scope scope)
    {
        scope.Runtime.Write(text);
        return Flow.Next;
    }
}

internal sealed class ValueOutput(Expression value) : Statement
{
    public override Flow Execute(Scope scope)
    {
        scope.Runtime.Write(Values.ToText(scope.Runtime, value.Evaluate(scope)));
        return Flow.Next;
    }
}

/// <summary>Evaluates and forgets.</summary>
internal sealed class Evaluation(Expression value) : Statement
{
    public override Flow Execute(Scope scope)
    {
        value.Evaluate(scope);
        return Flow.Next;
    }
}

internal sealed class If((Expression Condition, Statement[] Body)[] branches, Statement[] otherwise) : Statement
{
    public override Flow Execute(Scope scope)
    {
        foreach ((Expression condition, Statement[] body) in branches)
        {
            if (Values.IsTrue(condition.Evaluate(scope))) return Run(body, scope);
        }

        return Run(otherwise, scope);
    }
}

internal sealed class Jump(Flow flow) : Statement
{
    public override Flow Execute(Scope scope) => flow;
}

/// <summary>Statements whose names stay among themselves.</summary>
internal sealed class ScopedBody(Statement[] body) : Statement
{
    public override Flow Execute(Scope scope) => Run(body, new Scope(scope));
}

internal sealed class With(int position, (Target Target, Expression Value)[] variables, Statement[] body) : Statement
{
    public override Flow Execute(Scope scope)
    {
        var inner = new Scope(scope);
        foreach ((Target target, Expression value) in variables) Assignment.Assign(position, target, inner, value.Evaluate(scope));
        return Run(body, inner);
    }
}

internal sealed class Assignment(int position, Target target, Expression value) : Statement
{
    public override Flow Execute(Scope scope)
    {
        Assign(position, target, scope, value.Evaluate(scope));
        return Flow.Next;
    }

    public static void Assign(int position, Target target, Scope scope, object? value)
    {
        try
        {
            target.Assign(scope, value);
        }
        catch (Fault fault) when (fault.Locate(position))
        {
            throw;
        }
    }
}
