namespace Takt.Text.Templates;

/// <summary>A macro with the scope it was defined in, which it reads names from.</summary>
internal sealed class MacroValue(MacroDefinition macro, Scope home) : ICallable, IAttributes
{
    public string Name => macro.Name;

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => macro.Name,
            "arguments" => new TupleValue([.. macro.Parameters.Select(parameter => parameter.Name)]),
            _ => null,
        };
        return value is not null;
    }

    public object? Call(TemplateRuntime runtime, Arguments arguments)
    {
        runtime.Enter();
        var scope = new Scope(home);
        Bind(runtime, scope, arguments);
        string text = runtime.Capture(macro.Body, scope);
        runtime.Leave();
        return text;
    }

    private void Bind(TemplateRuntime runtime, Scope scope, Arguments arguments)
    {
        List<KeyValuePair<string, object?>> named = [.. arguments.Named];
        for (int i = 0; i < macro.Parameters.Length; i++)
        {
            Parameter parameter = macro.Parameters[i];
            if (i < arguments.Positional.Length)
            {
                scope.Set(parameter.Name, arguments.Positional[i]);
            }
            else if (Take(named, parameter.Name, out object? value))
            {
                scope.Set(parameter.Name, value);
            }
            else
            {
                scope.Set(parameter.Name, parameter.Default is null
                    ? Undefined.Hint($"parameter '{parameter.Name}' was not provided")
                    : parameter.Default.Evaluate(scope));
            }
        }

        BindRest(runtime, scope, arguments, named);
    }

    private void BindRest(TemplateRuntime runtime, Scope scope, Arguments arguments, List<KeyValuePair<string, object?>> named)
    {
        if (macro.TakesCaller && Array.TrueForAll(macro.Parameters, parameter => parameter.Name != "caller"))
            scope.Set("caller", Take(named, "caller", out object? caller) ? caller : Undefined.Hint("No caller defined"));

        if (macro.TakesNamedRest)
        {
            var rest = new DictValue(runtime.Comparer);
            foreach ((string name, object? value) in named) rest.Set(name, value);
            scope.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw Fault.Runtime($"macro '{macro.Name}' takes no keyword argument '{named[0].Key}'");
        }

        int count = macro.Parameters.Length;
        if (macro.TakesRest) scope.Set("varargs", new TupleValue([.. arguments.Positional.Skip(count)]));
        else if (arguments.Positional.Length > count)
            throw Fault.Runtime($"macro '{macro.Name}' takes not more than {count} argument(s), {arguments.Positional.Length} given");
    }

    private static bool Take(List<KeyValuePair<string, object?>> named, string name, out object? value)
    {
        int index = named.FindIndex(pair => pair.Key == name);
        value = index < 0 ? null : named[index].Value;
        if (index >= 0) named.RemoveAt(index);
        return index >= 0;
    }
}
