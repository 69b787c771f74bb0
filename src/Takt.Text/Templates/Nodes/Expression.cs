namespace Takt.Text.Templates;

/// <summary>A part of the syntax tree that has a value.</summary>
/// <param name="position">Offset in the source, for errors.</param>
internal abstract class Expression(int position)
{
    public int Position => position;

    public object? Evaluate(Scope scope)
    {
        try
        {
            scope.Runtime.Step();
            return Compute(scope);
        }
        catch (Fault fault) when (fault.Locate(position))
        {
            throw;
        }
    }

    protected abstract object? Compute(Scope scope);
}

internal sealed class Constant(int position, object? value) : Expression(position)
{
    protected override object? Compute(Scope scope) => value;
}

internal sealed class Name(int position, string text) : Expression(position)
{
    public string Text => text;

    protected override object? Compute(Scope scope) => scope.Get(text);
}

internal sealed class TupleLiteral(int position, Expression[] items) : Expression(position)
{
    public Expression[] Items => items;

    protected override object? Compute(Scope scope) => new TupleValue(Array.ConvertAll(items, item => item.Evaluate(scope)));
}

internal sealed class ListLiteral(int position, Expression[] items) : Expression(position)
{
    public Expression[] Items => items;

    protected override object? Compute(Scope scope)
    {
        var list = new List<object?>(items.Length);
        foreach (Expression item in items) list.Add(item.Evaluate(scope));
        return new ListValue(list);
    }
}

internal sealed class DictLiteral(int position, (Expression Key, Expression Value)[] items) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        var dict = new DictValue(scope.Runtime.Comparer, items.Length);
        foreach ((Expression key, Expression value) in items) dict.Set(key.Evaluate(scope), value.Evaluate(scope));
        return dict;
    }
}

/// <summary><c>value if condition else otherwise</c>.</summary>
internal sealed class Conditional(int position, Expression condition, Expression value, Expression? otherwise) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        if (Values.IsTrue(condition.Evaluate(scope))) return value.Evaluate(scope);
        return otherwise is null
            ? Undefined.Hint("the inline if-expression evaluated to false and no else section was defined")
            : otherwise.Evaluate(scope);
    }
}

/// <summary>What statements write, as a string: the value of block set and of filter blocks.</summary>
internal sealed class CapturedBody(int position) : Expression(position)
{
    public Statement[] Body { get; set; } = [];

    protected override object? Compute(Scope scope) => scope.Runtime.Capture(Body, new Scope(scope));
}
