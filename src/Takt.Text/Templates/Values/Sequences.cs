namespace Takt.Text.Templates;

/// <summary>A value with items by number: a list, a tuple or a range.</summary>
internal abstract class SequenceValue
{
    public abstract int Count { get; }

    public abstract object? this[int index] { get; }
}

internal sealed class ListValue(List<object?> items) : SequenceValue
{
    public List<object?> Items => items;

    public override int Count => items.Count;

    public override object? this[int index] => items[index];
}

internal class TupleValue(object?[] items) : SequenceValue
{
    public object?[] Items => items;

    public override int Count => items.Length;

    public override object? this[int index] => items[index];
}

/// <summary>What <c>groupby</c> gives: a pair that also goes by names.</summary>
internal sealed class GroupValue(object? grouper, ListValue list) : TupleValue([grouper, list]), IAttributes
{
    public bool TryGetAttribute(string name, out object? value)
    {
        value = name == "grouper" ? Items[0] : Items[1];
        return name is "grouper" or "list";
    }
}

/// <summary>The numbers from <paramref name="start"/> by <paramref name="step"/>.</summary>
internal sealed class RangeValue(long start, long stop, long step, int count) : SequenceValue
{
    // The same bound as in Jinja2's sandbox.
    private const int MaxCount = 100_000;

    public long Start => start;

    public long Stop => stop;

    public long Step => step;

    public override int Count => count;

    public override object? this[int index] => start + index * step;

    public static RangeValue Of(long start, long stop, long step)
    {
        if (step == 0) throw Fault.Runtime("range() needs a step other than 0");
        Int128 span = (Int128)stop - start;
        Int128 count = step > 0 ? (span + step - 1) / step : (span + step + 1) / step;
        if (count > MaxCount) throw Fault.Limit($"range() of {count} numbers is over the limit of {MaxCount}");
        return new RangeValue(start, stop, step, (int)Int128.Max(count, 0));
    }
}

/// <summary>Items that can be gone through once: what filters such as <c>map</c> and <c>select</c> give. It is true even when empty.</summary>
internal sealed class GeneratorValue(IEnumerable<object?> source)
{
    private IEnumerator<object?>? _items;

    public IEnumerable<object?> Items()
    {
        _items ??= source.GetEnumerator();
        while (_items.MoveNext()) yield return _items.Current;
    }
}
