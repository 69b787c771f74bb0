namespace Takt.Text.Templates;

/// <summary>A filter, test, function or method written in C#.</summary>
/// <remarks>
/// Its parameters are written as their names with spaces between; a <c>?</c> after a name makes it optional,
/// and <c>*</c> and <c>**</c> take what is left of the positional and the named arguments.
/// </remarks>
internal sealed class Native
{
    private readonly string[] _parameters;
    private readonly int _required;
    private readonly bool _rest;
    private readonly bool _namedRest;
    private readonly Func<NativeCall, object?> _body;

    public Native(string name, string parameters, Func<NativeCall, object?> body)
    {
        string[] all = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] plain = [.. all.Where(parameter => !parameter.StartsWith('*'))];
        Name = name;
        _required = plain.Count(parameter => !parameter.EndsWith('?'));
        _parameters = [.. plain.Select(parameter => parameter.TrimEnd('?'))];
        _rest = all.Contains("*");
        _namedRest = all.Contains("**");
        _body = body;
    }

    public string Name { get; }

    /// <param name="runtime">The rendering.</param>
    /// <param name="self">The value a filter, test or method works on.</param>
    /// <param name="arguments">What was given.</param>
    public object? Call(TemplateRuntime runtime, object? self, Arguments arguments)
    {
        if (self is string text) runtime.ChargeText(text.Length);
        return _body(new NativeCall(runtime, this, self, Bind(arguments), Rest(arguments), NamedRest(arguments)));
    }

    public string ParameterName(int index) => _parameters[index];

    private object?[] Bind(Arguments arguments)
    {
        if (_parameters.Length == 0) return [];
        object?[] values = new object?[_parameters.Length];
        for (int i = 0; i < values.Length; i++)
        {
            string name = _parameters[i];
            int named = Array.FindIndex(arguments.Named, pair => pair.Key == name);
            values[i] = i < arguments.Positional.Length ? arguments.Positional[i]
                : named >= 0 ? arguments.Named[named].Value
                : i >= _required ? Missing.Value
                : throw Fault.Runtime($"{Name}() needs an argument '{name}'");
        }

        return values;
    }

    private object?[] Rest(Arguments arguments)
    {
        if (arguments.Positional.Length <= _parameters.Length) return [];
        if (!_rest) throw Fault.Runtime($"{Name}() takes at most {_parameters.Length} arguments, {arguments.Positional.Length} given");
        return arguments.Positional[_parameters.Length..];
    }

    private KeyValuePair<string, object?>[] NamedRest(Arguments arguments)
    {
        if (arguments.Named.Length == 0) return [];
        KeyValuePair<string, object?>[] rest = Array.FindAll(arguments.Named, pair => !_parameters.Contains(pair.Key));
        if (rest.Length > 0 && !_namedRest) throw Fault.Runtime($"{Name}() has no argument '{rest[0].Key}'");
        return rest;
    }
}

/// <summary>Natives by name.</summary>
internal sealed class NativeTable() : Dictionary<string, Native>(StringComparer.Ordinal)
{
    public void Add(string name, string parameters, Func<NativeCall, object?> body) => Add(name, new Native(name, parameters, body));

    public NativeTable Alias(string alias, string name)
    {
        Add(alias, this[name]);
        return this;
    }
}
