namespace Takt.Text.Templates;

/// <summary>A dict: keys in the order they came, of any hashable type; 1, 1.0 and True are the same key.</summary>
internal sealed class DictValue(ValueComparer comparer, int capacity = 0)
{
    private static readonly object s_none = new();

    private readonly OrderedDictionary<object, object?> _items = new(capacity, comparer);

    public int Count => _items.Count;

    public IEnumerable<KeyValuePair<object?, object?>> Items
    {
        get
        {
            int count = _items.Count;
            for (int i = 0; i < count; i++)
            {
                if (_items.Count != count) throw Fault.Runtime("dict changed size during iteration");
                (object key, object? value) = _items.GetAt(i);
                yield return new(Outer(key), value);
            }
        }
    }

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(key ?? s_none, out value);

    public void Set(object? key, object? value) => _items[key ?? s_none] = value;

    public bool Remove(object? key, out object? value) => _items.Remove(key ?? s_none, out value);

    public DictValue Copy()
    {
        var copy = new DictValue(comparer, Count);
        foreach ((object? key, object? value) in Items) copy.Set(key, value);
        return copy;
    }

    private static object? Outer(object key) => ReferenceEquals(key, s_none) ? null : key;
}

internal enum DictPart
{
    Keys,
    Values,
    Items,
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: a look at the dict as it is when it is gone through.</summary>
internal sealed class DictView(DictValue dict, DictPart part)
{
    public DictValue Dict => dict;

    public DictPart Part => part;

    public IEnumerable<object?> Items() => dict.Items.Select(item => part switch
    {
        DictPart.Keys => item.Key,
        DictPart.Values => item.Value,
        _ => new TupleValue([item.Key, item.Value]),
    });
}
