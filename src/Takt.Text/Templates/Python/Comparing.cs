using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Equality, order and membership with Python's rules.</summary>
internal static class Comparing
{
    public static bool AreEqual(TemplateRuntime runtime, object? left, object? right)
    {
        switch (left, right)
        {
            case (string a, string b):
                if (a.Length != b.Length) return false;
                runtime.ChargeText(a.Length);
                return string.Equals(a, b);
            case (null, null) or (Undefined, Undefined):
                return true;
            case (null, _) or (_, null) or (string, _) or (_, string):
                return false;
            case (SequenceValue a, SequenceValue b) when SameKind(a, b):
                return ReferenceEquals(a, b) || (a.Count == b.Count && FirstDifference(runtime, a, b) < 0);
            case (DictValue a, DictValue b):
                return ReferenceEquals(a, b) || (a.Count == b.Count && SameItems(runtime, a, b));
        }

        if (PythonNumbers.IsNumber(left) && PythonNumbers.IsNumber(right)) return CompareNumbers(left, right) == 0;
        return ReferenceEquals(left, right);
    }

    /// <summary>One of &lt;, &lt;=, &gt;, &gt;=.</summary>
    public static bool Holds(TemplateRuntime runtime, string op, object? left, object? right)
    {
        int? order = TryCompare(runtime, left, right, out bool comparable);
        if (!comparable) throw NotComparable(left, right, op);
        return op switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };
    }

    /// <summary>The order of two values for sorting; NaN counts as equal to everything.</summary>
    public static int Compare(TemplateRuntime runtime, object? left, object? right)
    {
        int? order = TryCompare(runtime, left, right, out bool comparable);
        if (!comparable) throw NotComparable(left, right, "<");
        return order ?? 0;
    }

    /// <summary>The items in the order of their keys; stable, also in reverse.</summary>
    public static List<T> Sorted<T>(TemplateRuntime runtime, IEnumerable<T> items, Func<T, object?> key, bool reverse = false)
    {
        var comparer = Comparer<object?>.Create((left, right) =>
        {
            runtime.Step();
            return Compare(runtime, left, right);
        });
        try
        {
            return [.. reverse ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer)];
        }
        catch (InvalidOperationException error) when (error.InnerException is Fault fault)
        {
            // Sorting wraps what the comparer throws.
            throw fault;
        }
    }

    public static bool Contains(TemplateRuntime runtime, object? container, object? item)
    {
        switch (container)
        {
            case string text:
                if (item is Undefined undefined) throw undefined.Fault();
                if (item is not string part) throw Fault.Runtime($"'in <string>' needs a string on the left, not {Values.TypeName(item)}");
                runtime.ChargeText(text.Length);
                return text.Contains(part, StringComparison.Ordinal);
            case DictValue dict:
                return dict.TryGet(item, out _);
            case DictView { Part: DictPart.Keys } keys:
                return keys.Dict.TryGet(item, out _);
        }

        if (!Values.IsIterable(container)) throw Fault.Runtime($"argument of type '{Values.TypeName(container)}' is not iterable");
        foreach (object? candidate in Values.Iterate(runtime, container))
        {
            if (AreEqual(runtime, candidate, item)) return true;
        }

        return false;
    }

    /// <summary>The order of two numbers, exact even between large integers and floats; null with NaN.</summary>
    public static int? CompareNumbers(object? left, object? right)
    {
        if (left is long a && right is long b) return a.CompareTo(b);
        if (left is double x && right is double y) return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
        if (left is double d) return CompareMixed(d, PythonNumbers.ToBig(right));
        if (right is double e) return -CompareMixed(e, PythonNumbers.ToBig(left));
        return PythonNumbers.ToBig(left).CompareTo(PythonNumbers.ToBig(right));
    }

    private static int? CompareMixed(double number, BigInteger integer)
    {
        if (double.IsNaN(number)) return null;
        if (double.IsInfinity(number)) return number > 0 ? 1 : -1;
        double floor = Math.Floor(number);
        int order = new BigInteger(floor).CompareTo(integer);
        return order == 0 && number > floor ? 1 : order;
    }

    private static int? TryCompare(TemplateRuntime runtime, object? left, object? right, out bool comparable)
    {
        comparable = true;
        if (left is string a && right is string b)
        {
            runtime.ChargeText(Math.Min(a.Length, b.Length));
            return PythonText.Compare(a, b);
        }

        if (PythonNumbers.IsNumber(left) && PythonNumbers.IsNumber(right)) return CompareNumbers(left, right);
        if (left is SequenceValue x && right is SequenceValue y && SameKind(x, y) && x is not RangeValue)
        {
            int at = FirstDifference(runtime, x, y);
            return at >= 0 ? TryCompare(runtime, x[at], y[at], out comparable) : x.Count.CompareTo(y.Count);
        }

        comparable = false;
        return null;
    }

    private static Fault NotComparable(object? left, object? right, string op)
    {
        if (left is Undefined undefinedLeft) return undefinedLeft.Fault();
        if (right is Undefined undefinedRight) return undefinedRight.Fault();
        return Fault.Runtime($"'{op}' not supported between '{Values.TypeName(left)}' and '{Values.TypeName(right)}'");
    }

    private static bool SameKind(SequenceValue left, SequenceValue right) => Values.TypeName(left) == Values.TypeName(right);

    /// <summary>The first place within both where they differ, or -1.</summary>
    private static int FirstDifference(TemplateRuntime runtime, SequenceValue left, SequenceValue right)
    {
        runtime.Enter();
        int found = -1;
        for (int i = 0; i < left.Count && i < right.Count && found < 0; i++)
        {
            runtime.Step();
            if (!AreEqual(runtime, left[i], right[i])) found = i;
        }

        runtime.Leave();
        return found;
    }

    private static bool SameItems(TemplateRuntime runtime, DictValue left, DictValue right)
    {
        runtime.Enter();
        bool same = true;
        foreach ((object? key, object? value) in left.Items)
        {
            runtime.Step();
            same = right.TryGet(key, out object? other) && AreEqual(runtime, value, other);
            if (!same) break;
        }

        runtime.Leave();
        return same;
    }
}
