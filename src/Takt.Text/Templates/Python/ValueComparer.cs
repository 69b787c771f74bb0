using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Keys of dicts: equal as Python's are, so 1, 1.0 and True are one key.</summary>
internal sealed class ValueComparer(TemplateRuntime runtime) : IEqualityComparer<object>
{
    public static bool IsHashable(object? value) => value is not (ListValue or DictValue);

    public new bool Equals(object? x, object? y) =>
        Comparing.AreEqual(runtime, x, y);

    public int GetHashCode(object value)
    {
        switch (value)
        {
            case string text:
                runtime.ChargeText(text.Length);
                return text.GetHashCode(StringComparison.Ordinal);
            case bool b:
                return b ? 1L.GetHashCode() : 0L.GetHashCode();
            case double d when Math.Floor(d) == d && double.IsFinite(d):
                return PythonNumbers.Normalize(new BigInteger(d)).GetHashCode();
            case Undefined:
                return 1;
            case TupleValue tuple:
                return HashTuple(tuple);
        }

        if (!IsHashable(value)) throw Fault.Runtime($"a {Values.TypeName(value)} cannot be a key of a dict or an item of unique");
        return value.GetHashCode();
    }

    private int HashTuple(TupleValue tuple)
    {
        runtime.Enter();
        int hash = tuple.Count;
        foreach (object? item in tuple.Items)
        {
            runtime.Step();
            hash = HashCode.Combine(hash, item is null ? 0 : GetHashCode(item));
        }

        runtime.Leave();
        return hash;
    }
}
