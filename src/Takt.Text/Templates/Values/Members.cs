namespace Takt.Text.Templates;

/// <summary>Attributes, methods and items of values.</summary>
internal static class Members
{
    /// <summary><c>owner.name</c>: a method or attribute before an item of that name.</summary>
    public static object? Get(object? owner, string name)
    {
        if (TryAttribute(owner, name, out object? value)) return value;
        if (owner is DictValue dict && dict.TryGet(name, out value)) return value;
        return Undefined.Member(owner, name);
    }

    /// <summary>A method or attribute, without looking at items.</summary>
    public static object? Attribute(object? owner, string name) =>
        TryAttribute(owner, name, out object? value) ? value : Undefined.Member(owner, name);

    /// <summary><c>owner[key]</c>: an item before an attribute of that name.</summary>
    public static object? Item(TemplateRuntime runtime, object? owner, object? key)
    {
        switch (owner)
        {
            case Undefined undefined:
                throw undefined.Fault();
            case DictValue dict when ValueComparer.IsHashable(key) && dict.TryGet(key, out object? value):
                return value;
            case SequenceValue sequence when PythonNumbers.TryIndex(key, out long at):
                if (at < 0) at += sequence.Count;
                return at >= 0 && at < sequence.Count ? sequence[(int)at] : Undefined.Member(owner, key);
            case string text when PythonNumbers.TryIndex(key, out long at):
                runtime.ChargeText(text.Length);
                return PythonText.At(text, at) ?? (object)Undefined.Member(owner, key);
        }

        return key is string name && TryAttribute(owner, name, out object? attribute) ? attribute : Undefined.Member(owner, key);
    }

    private static bool TryAttribute(object? owner, string name, out object? value)
    {
        if (owner is Undefined undefined) throw undefined.Fault();
        if (owner is IAttributes own && own.TryGetAttribute(name, out value)) return true;
        NativeTable? methods = owner switch
        {
            string => StringMethods.Table,
            ListValue => ListMethods.Table,
            TupleValue => ListMethods.TupleTable,
            DictValue => DictMethods.Table,
            _ => null,
        };
        if (methods is not null && methods.TryGetValue(name, out Native? native))
        {
            value = new NativeFunction(native, owner);
            return true;
        }

        value = null;
        return false;
    }
}
