namespace Takt.Text.Templates;

/// <summary><c>owner.name</c>: an attribute or method, else an item under that key.</summary>
internal sealed class Member(int position, Expression owner, string name) : Expression(position)
{
    protected override object? Compute(Scope scope) => Members.Get(owner.Evaluate(scope), name);
}

/// <summary><c>owner[key]</c>: an item, else the attribute of that name.</summary>
internal sealed class Item(int position, Expression owner, Expression key) : Expression(position)
{
    protected override object? Compute(Scope scope) => Members.Item(scope.Runtime, owner.Evaluate(scope), key.Evaluate(scope));
}

/// <summary><c>owner[start:stop:step]</c>.</summary>
internal sealed class Slice(int position, Expression owner, Expression? start, Expression? stop, Expression? step) : Expression(position)
{
    protected override object? Compute(Scope scope) => Slicing.Slice(
        scope.Runtime, owner.Evaluate(scope), start?.Evaluate(scope), stop?.Evaluate(scope), step?.Evaluate(scope));
}

/// <summary><c>callee(arguments)</c>.</summary>
internal sealed class Call(int position, Expression callee, ArgumentList arguments) : Expression(position)
{
    /// <summary>Calls with a further named argument <c>caller</c>.</summary>
    public object? EvaluateWith(Scope scope, ICallable caller)
    {
        try
        {
            return Invoke(scope, caller);
        }
        catch (Fault fault) when (fault.Locate(Position))
        {
            throw;
        }
    }

    protected override object? Compute(Scope scope) => Invoke(scope, null);

    private object? Invoke(Scope scope, ICallable? caller)
    {
        object? target = callee.Evaluate(scope);
        Arguments values = arguments.Evaluate(scope);
        if (caller is not null) values = values.With("caller", caller);
        return target switch
        {
            ICallable callable => callable.Call(scope.Runtime, values),
            Undefined undefined => throw undefined.Fault(),
            _ => throw Fault.Runtime($"'{Values.TypeName(target)}' object is not callable"),
        };
    }
}

/// <summary><c>value | name(arguments)</c>. A filter that does not exist is an error only when it is reached.</summary>
internal sealed class Filter(int position, string name, Expression value, ArgumentList arguments) : Expression(position)
{
    private readonly Native? _native = Filters.Find(name);

    protected override object? Compute(Scope scope)
    {
        object? input = value.Evaluate(scope);
        if (_native is null) throw Fault.Runtime($"no filter named '{name}'");
        return _native.Call(scope.Runtime, input, arguments.Evaluate(scope));
    }
}

/// <summary><c>value is name(arguments)</c>. A test that does not exist is an error only when it is reached.</summary>
internal sealed class Test(int position, string name, Expression value, ArgumentList arguments) : Expression(position)
{
    private readonly Native? _native = Tests.Find(name);

    protected override object? Compute(Scope scope)
    {
        object? input = value.Evaluate(scope);
        if (_native is null) throw Fault.Runtime($"no test named '{name}'");
        return _native.Call(scope.Runtime, input, arguments.Evaluate(scope));
    }
}

/// <summary>The arguments as written at a call.</summary>
internal sealed class ArgumentList(
    Expression[] positional, (string Name, Expression Value)[] named, Expression? rest, Expression? namedRest)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);

    public Arguments Evaluate(Scope scope)
    {
        if (positional.Length == 0 && named.Length == 0 && rest is null && namedRest is null) return Arguments.None;
        var values = new List<object?>(positional.Length);
        foreach (Expression item in positional) values.Add(item.Evaluate(scope));
        if (rest is not null) values.AddRange(Values.Iterate(scope.Runtime, rest.Evaluate(scope)));

        if (named.Length == 0 && namedRest is null) return new Arguments([.. values], []);
        var names = new List<KeyValuePair<string, object?>>(named.Length);
        foreach ((string name, Expression value) in named) names.Add(new(name, value.Evaluate(scope)));
        if (namedRest is not null) AddNamed(names, namedRest.Evaluate(scope));
        return new Arguments([.. values], [.. names]);
    }

    private static void AddNamed(List<KeyValuePair<string, object?>> names, object? value)
    {
        if (value is not DictValue dict) throw Fault.Runtime($"the value after ** must be a dict, not {Values.TypeName(value)}");
        foreach ((object? key, object? item) in dict.Items)
            names.Add(new(key as string ?? throw Fault.Runtime("the keys after ** must be strings"), item));
    }
}
