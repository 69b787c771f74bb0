namespace Takt.Text.Templates;

/// <summary>What can be assigned to.</summary>
internal abstract class Target
{
    public abstract void Assign(Scope scope, object? value);
}

internal sealed class NameTarget(string name) : Target
{
    public override void Assign(Scope scope, object? value) => scope.Set(name, value);
}

/// <summary><c>ns.attribute</c>, where ns is a namespace: the way to change a value from inside a loop.</summary>
internal sealed class NamespaceTarget(string name, string attribute) : Target
{
    public override void Assign(Scope scope, object? value)
    {
        if (scope.Get(name) is not NamespaceValue target)
            throw Fault.Runtime($"cannot assign attribute '{attribute}': '{name}' is not a namespace");
        target.Attributes.Set(attribute, value);
    }
}

internal sealed class TupleTarget(Target[] items) : Target
{
    public override void Assign(Scope scope, object? value)
    {
        var values = new List<object?>(items.Length);
        foreach (object? item in Values.Iterate(scope.Runtime, value))
        {
            if (values.Count == items.Length) throw Fault.Runtime($"too many values to unpack (expected {items.Length})");
            values.Add(item);
        }

        if (values.Count < items.Length)
            throw Fault.Runtime($"not enough values to unpack (expected {items.Length}, got {values.Count})");
        for (int i = 0; i < items.Length; i++) items[i].Assign(scope, values[i]);
    }
}
