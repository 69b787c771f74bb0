namespace Takt.Text.Templates;

/// <summary>
/// The value of a name or item that is not there: it prints as nothing, is false and empty, and everything else done with it fails.
/// </summary>
internal sealed class Undefined
{
    private readonly object? _owner;
    private readonly object? _name;
    private readonly string? _hint;

    private Undefined(object? owner, object? name, string? hint)
    {
        _owner = owner;
        _name = name;
        _hint = hint;
    }

    public static Undefined Hint(string hint) => new(null, null, hint);

    /// <summary>A variable that does not exist.</summary>
    public static Undefined Name(string name) => new(Missing.Value, name, null);

    /// <summary>An item or attribute that the owner does not have.</summary>
    public static Undefined Member(object? owner, object? name) => new(owner, name, null);

    /// <summary>The error of using it.</summary>
    public Fault Fault() => Templates.Fault.Runtime(Message());

    private string Message()
    {
        if (_hint is not null) return _hint;
        if (_owner is Missing) return $"'{_name}' is undefined";
        string owner = _owner is null ? "None" : $"{Values.TypeName(_owner)} object";
        return _name switch
        {
            string name => $"'{owner}' has no attribute '{name}'",
            long or bool => $"{owner} has no element {_name}",
            _ => $"{owner} has no element of type {Values.TypeName(_name)}",
        };
    }
}

/// <summary>Stands for an argument that was not given.</summary>
internal sealed class Missing
{
    public static readonly Missing Value = new();

    private Missing()
    {
    }
}
