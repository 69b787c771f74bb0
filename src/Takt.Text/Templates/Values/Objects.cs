namespace Takt.Text.Templates;

/// <summary>A value with attributes of its own.</summary>
internal interface IAttributes
{
    bool TryGetAttribute(string name, out object? value);
}

/// <summary>A value that can be called.</summary>
internal interface ICallable
{
    object? Call(TemplateRuntime runtime, Arguments arguments);
}

/// <summary>What <c>namespace()</c> gives: the one value whose attributes can be set.</summary>
internal sealed class NamespaceValue(DictValue attributes) : IAttributes
{
    public DictValue Attributes => attributes;

    public bool TryGetAttribute(string name, out object? value) => attributes.TryGet(name, out value);
}

/// <summary>What <c>cycler()</c> gives: its values in turn.</summary>
internal sealed class CyclerValue(object?[] items) : IAttributes
{
    private static readonly Native s_next = new("next", "", call => ((CyclerValue)call.Self!).Next());
    private static readonly Native s_reset = new("reset", "", call => ((CyclerValue)call.Self!).Reset());

    private int _index;

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[_index],
            "next" => new NativeFunction(s_next, this),
            "reset" => new NativeFunction(s_reset, this),
            _ => null,
        };
        return name is "current" or "next" or "reset";
    }

    private object? Reset()
    {
        _index = 0;
        return null;
    }

    private object? Next()
    {
        object? item = items[_index];
        _index = (_index + 1) % items.Length;
        return item;
    }
}

/// <summary>What <c>joiner()</c> gives: nothing the first time it is called, then the separator.</summary>
internal sealed class JoinerValue(object? separator) : ICallable
{
    private bool _used;

    public object? Call(TemplateRuntime runtime, Arguments arguments)
    {
        if (_used) return separator;
        _used = true;
        return "";
    }
}

/// <summary>A built-in function, or a method with the value it belongs to.</summary>
internal sealed class NativeFunction(Native native, object? self) : ICallable
{
    public string Name => native.Name;

    public object? Call(TemplateRuntime runtime, Arguments arguments) => native.Call(runtime, self, arguments);
}
