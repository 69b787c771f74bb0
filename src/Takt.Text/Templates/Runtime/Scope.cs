namespace Takt.Text.Templates;

/// <summary>Names and their values: one scope for the template and for each loop, macro call and block that has its own.</summary>
internal sealed class Scope
{
    private readonly Scope? _parent;
    private readonly DictValue? _variables;
    private Dictionary<string, object?>? _values;

    public Scope(Scope parent)
    {
        _parent = parent;
        Runtime = parent.Runtime;
    }

    private Scope(TemplateRuntime runtime, DictValue variables)
    {
        Runtime = runtime;
        _variables = variables;
    }

    public TemplateRuntime Runtime { get; }

    public static Scope Root(TemplateRuntime runtime, DictValue variables) => new(runtime, variables);

    public void Set(string name, object? value) => (_values ??= new Dictionary<string, object?>(StringComparer.Ordinal))[name] = value;

    /// <summary>Forgets all names, for the next round of a loop.</summary>
    public void Clear() => _values?.Clear();

    /// <summary>The value of a name here or further out, then of a variable, then of a built-in function; else undefined.</summary>
    public object? Get(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._values is not null && scope._values.TryGetValue(name, out object? value)) return value;
            if (scope._variables is not null && scope._variables.TryGet(name, out value)) return value;
        }

        return Functions.Table.TryGetValue(name, out Native? native) ? new NativeFunction(native, null) : Undefined.Name(name);
    }
}
