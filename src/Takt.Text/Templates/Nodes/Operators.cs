namespace Takt.Text.Templates;

internal static class Operators
{
    /// <summary>The node of a binary operator other than comparisons and <c>~</c>.</summary>
    public static Expression Binary(Token op, Expression left, Expression right) => op.Text switch
    {
        "and" => new And(op.Position, left, right),
        "or" => new Or(op.Position, left, right),
        "+" => new Binary(op.Position, left, right, Arithmetic.Add),
        "-" => new Binary(op.Position, left, right, Arithmetic.Subtract),
        "*" => new Binary(op.Position, left, right, Arithmetic.Multiply),
        "/" => new Binary(op.Position, left, right, Arithmetic.Divide),
        "//" => new Binary(op.Position, left, right, Arithmetic.FloorDivide),
        "%" => new Binary(op.Position, left, right, Arithmetic.Modulo),
        _ => new Binary(op.Position, left, right, Arithmetic.Power),
    };
}

internal sealed class Binary(
    int position, Expression left, Expression right, Func<TemplateRuntime, object?, object?, object?> operation) : Expression(position)
{
    protected override object? Compute(Scope scope) => operation(scope.Runtime, left.Evaluate(scope), right.Evaluate(scope));
}

/// <summary>Gives the left operand if it is false, else the right one.</summary>
internal sealed class And(int position, Expression left, Expression right) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        object? value = left.Evaluate(scope);
        return Values.IsTrue(value) ? right.Evaluate(scope) : value;
    }
}

/// <summary>Gives the left operand if it is true, else the right one.</summary>
internal sealed class Or(int position, Expression left, Expression right) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        object? value = left.Evaluate(scope);
        return Values.IsTrue(value) ? value : right.Evaluate(scope);
    }
}

internal sealed class Not(int position, Expression operand) : Expression(position)
{
    protected override object? Compute(Scope scope) => !Values.IsTrue(operand.Evaluate(scope));
}

internal sealed class Sign(int position, bool negative, Expression operand) : Expression(position)
{
    protected override object? Compute(Scope scope) => Arithmetic.Sign(operand.Evaluate(scope), negative);
}

/// <summary>The <c>~</c> operator: the operands' texts one after the other.</summary>
internal sealed class Concat(int position, Expression[] parts) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        string[] texts = new string[parts.Length];
        long length = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            texts[i] = Values.ToText(scope.Runtime, parts[i].Evaluate(scope));
            length += texts[i].Length;
        }

        scope.Runtime.Reserve(length);
        return string.Concat(texts);
    }
}

/// <summary>A chain of comparisons: <c>a &lt; b &lt;= c</c> means both, and evaluates b once.</summary>
internal sealed class Comparison(int position, Expression first, (string Operator, Expression Operand)[] rest) : Expression(position)
{
    protected override object? Compute(Scope scope)
    {
        object? left = first.Evaluate(scope);
        foreach ((string op, Expression operand) in rest)
        {
            object? right = operand.Evaluate(scope);
            if (!Holds(scope.Runtime, op, left, right)) return false;
            left = right;
        }

        return true;
    }

    private static bool Holds(TemplateRuntime runtime, string op, object? left, object? right) => op switch
    {
        "==" => Comparing.AreEqual(runtime, left, right),
        "!=" => !Comparing.AreEqual(runtime, left, right),
        "in" => Comparing.Contains(runtime, right, left),
        "not in" => !Comparing.Contains(runtime, right, left),
        _ => Comparing.Holds(runtime, op, left, right),
    };
}
