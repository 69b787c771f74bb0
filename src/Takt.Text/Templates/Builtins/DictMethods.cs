namespace Takt.Text.Templates;

/// <summary>Methods of dicts.</summary>
internal static class DictMethods
{
    public static readonly NativeTable Table = new()
    {
        { "get", "key default?", call => Self(call).TryGet(call[0], out object? value) ? value : call.Optional(1) },
        { "keys", "", call => new DictView(Self(call), DictPart.Keys) },
        { "values", "", call => new DictView(Self(call), DictPart.Values) },
        { "items", "", call => new DictView(Self(call), DictPart.Items) },
        { "copy", "", call => Copy(call) },
        { "pop", "key default?", Pop },
        { "setdefault", "key default?", SetDefault },
        { "update", "items? **", Update },
        { "clear", "", Clear },
    };

    /// <summary>Adds the items of another dict, or of a sequence of pairs.</summary>
    public static void Update(TemplateRuntime runtime, DictValue dict, object? items)
    {
        if (items is DictValue other)
        {
            runtime.ChargeItems(other.Count);
            if (ReferenceEquals(dict, other)) return;
            foreach ((object? key, object? value) in other.Items) dict.Set(key, value);
            return;
        }

        foreach (object? pair in Values.Iterate(runtime, items))
        {
            List<object?> parts = Values.ToList(runtime, pair);
            if (parts.Count != 2) throw Fault.Runtime($"a dict is made from pairs, but one of the items has {parts.Count} values");
            dict.Set(parts[0], parts[1]);
        }
    }

    private static DictValue Self(NativeCall call) => (DictValue)call.Self!;

    private static DictValue Copy(NativeCall call)
    {
        call.Runtime.ChargeItems(Self(call).Count);
        return Self(call).Copy();
    }

    private static object? Pop(NativeCall call)
    {
        call.Runtime.ChargeItems(Self(call).Count);
        if (Self(call).Remove(call[0], out object? value)) return value;
        return call.Has(1) ? call[1] : throw Fault.Runtime($"pop(): the dict has no key {Repr.Of(call.Runtime, call[0])}");
    }

    private static object? SetDefault(NativeCall call)
    {
        if (Self(call).TryGet(call[0], out object? value)) return value;
        Self(call).Set(call[0], call.Optional(1));
        return call.Optional(1);
    }

    private static object? Update(NativeCall call)
    {
        if (call.Has(0)) Update(call.Runtime, Self(call), call[0]);
        foreach ((string name, object? value) in call.Named) Self(call).Set(name, value);
        return null;
    }

    private static object? Clear(NativeCall call)
    {
        foreach (object? key in Self(call).Items.Select(item => item.Key).ToArray()) Self(call).Remove(key, out _);
        return null;
    }
}
