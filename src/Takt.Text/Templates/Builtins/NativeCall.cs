using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>A call of a <see cref="Native"/>: its value and arguments, by the parameters' places.</summary>
internal sealed class NativeCall(
    TemplateRuntime runtime, Native native, object? self, object?[] values, object?[] rest, KeyValuePair<string, object?>[] named)
{
    public TemplateRuntime Runtime => runtime;

    public object? Self => self;

    public object?[] Rest => rest;

    public KeyValuePair<string, object?>[] Named => named;

    public Arguments RestArguments => new(rest, named);

    /// <summary>The value as text, whatever it is.</summary>
    public string SelfText => Values.ToText(runtime, self);

    /// <summary>The argument; only if it is required or <see cref="Has"/> says it is there.</summary>
    public object? this[int index] => values[index];

    public bool Has(int index) => values[index] is not Missing;

    /// <summary>There and not none.</summary>
    public bool HasValue(int index) => Has(index) && values[index] is not null;

    public object? Optional(int index, object? otherwise = null) => Has(index) ? values[index] : otherwise;

    public bool Truth(int index, bool otherwise = false) => Has(index) ? Values.IsTrue(values[index]) : otherwise;

    public string Text(int index) => values[index] as string ?? throw Wrong(index, "a string");

    public string Text(int index, string otherwise) => Has(index) ? Text(index) : otherwise;

    /// <summary>An integer, within 32 bits: what is larger is clamped.</summary>
    public int Integer(int index) => PythonNumbers.TryIndex(values[index], out long value) ? (int)value : throw Wrong(index, "an integer");

    public int Integer(int index, int otherwise) => Has(index) ? Integer(index) : otherwise;

    public long Long(int index) => values[index] switch
    {
        BigInteger => throw Wrong(index, "an integer of at most 64 bits"),
        long value => value,
        _ => Integer(index),
    };

    public Fault Wrong(int index, string expected) => values[index] is Undefined undefined
        ? undefined.Fault()
        : Fault.Runtime($"{native.Name}(): '{native.ParameterName(index)}' must be {expected}, not {Values.TypeName(values[index])}");

    /// <summary>The error of a value that the native cannot work on.</summary>
    public Fault WrongSelf(string expected) => self is Undefined undefined
        ? undefined.Fault()
        : Fault.Runtime($"{native.Name}: needs {expected}, not {Values.TypeName(self)}");
}
