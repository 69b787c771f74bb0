namespace Takt.Text.Templates;

/// <summary>Filters that map, select, order and group items.</summary>
internal static class SelectionFilters
{
    public static readonly NativeTable Table = new()
    {
        { "map", "* **", Map },
        { "select", "* **", call => Select(call, byAttribute: false, wanted: true) },
        { "reject", "* **", call => Select(call, byAttribute: false, wanted: false) },
        { "selectattr", "* **", call => Select(call, byAttribute: true, wanted: true) },
        { "rejectattr", "* **", call => Select(call, byAttribute: true, wanted: false) },
        { "sort", "reverse? case_sensitive? attribute?", Sort },
        { "dictsort", "case_sensitive? by? reverse?", DictSort },
        { "unique", "case_sensitive? attribute?", call => new GeneratorValue(Unique(call)) },
        { "min", "case_sensitive? attribute?", call => Extreme(call, sign: 1) },
        { "max", "case_sensitive? attribute?", call => Extreme(call, sign: -1) },
        { "groupby", "attribute default? case_sensitive?", GroupBy },
    };

    /// <summary>The items; of whatever is false, such as none, there are none.</summary>
    private static IEnumerable<object?> Source(NativeCall call) =>
        Values.IsTrue(call.Self) ? Values.Iterate(call.Runtime, call.Self) : [];

    private static GeneratorValue Map(NativeCall call)
    {
        if (call.Rest.Length == 0 && Array.Exists(call.Named, pair => pair.Key == "attribute"))
        {
            object? attribute = Array.Find(call.Named, pair => pair.Key == "attribute").Value;
            object? otherwise = Array.Find(call.Named, pair => pair.Key == "default").Value;
            var path = new AttributePath(call, attribute, otherwise);
            return new GeneratorValue(Source(call).Select(path.Get));
        }

        if (call.Rest.Length == 0 || call.Rest[0] is not string name) throw Fault.Runtime("map: needs the name of a filter or attribute=...");
        Native filter = Filters.Find(name) ?? throw Fault.Runtime($"no filter named '{name}'");
        Arguments arguments = call.RestArguments.Skip(1);
        return new GeneratorValue(Source(call).Select(item => filter.Call(call.Runtime, item, arguments)));
    }

    private static GeneratorValue Select(NativeCall call, bool byAttribute, bool wanted)
    {
        Arguments arguments = call.RestArguments;
        AttributePath? path = null;
        if (byAttribute)
        {
            if (arguments.Positional.Length == 0) throw Fault.Runtime("selectattr: needs the name of an attribute");
            path = new AttributePath(call, arguments.Positional[0], null);
            arguments = arguments.Skip(1);
        }

        Native? test = null;
        if (arguments.Positional.Length > 0)
        {
            test = Tests.Find(arguments.Positional[0] as string ?? "") ?? throw Fault.Runtime($"no test named {Repr.Of(call.Runtime, arguments.Positional[0])}");
            arguments = arguments.Skip(1);
        }

        return new GeneratorValue(Source(call).Where(Holds));

        bool Holds(object? item)
        {
            object? value = path is null ? item : path.Get(item);
            return Values.IsTrue(test is null ? value : test.Call(call.Runtime, value, arguments)) == wanted;
        }
    }

    private static ListValue Sort(NativeCall call)
    {
        AttributePath[] paths = call.HasValue(2)
            ? call[2] is string names ? Array.ConvertAll(names.Split(','), name => new AttributePath(call, name, null)) : [new AttributePath(call, call[2], null)]
            : [];
        bool caseSensitive = call.Truth(1);
        return new ListValue(Comparing.Sorted(call.Runtime, Values.ToList(call.Runtime, call.Self), Key, call.Truth(0)));

        object? Key(object? item) => paths.Length == 0
            ? Fold(item, caseSensitive)
            : new ListValue([.. paths.Select(path => Fold(path.Get(item), caseSensitive))]);
    }

    private static ListValue DictSort(NativeCall call)
    {
        if (call.Self is not DictValue dict) throw call.WrongSelf("a dict");
        string by = call.Text(1, "key");
        if (by is not ("key" or "value")) throw call.Wrong(1, "'key' or 'value'");
        List<object?> items = Values.ToList(call.Runtime, new DictView(dict, DictPart.Items));
        return new ListValue(Comparing.Sorted(call.Runtime, items, pair => Fold(((TupleValue)pair!)[by == "key" ? 0 : 1], call.Truth(0)), call.Truth(2)));
    }

    private static IEnumerable<object?> Unique(NativeCall call)
    {
        var seen = new HashSet<object>(call.Runtime.Comparer);
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
        {
            object? key = Fold(call.HasValue(1) ? new AttributePath(call, call[1], null).Get(item) : item, call.Truth(0));
            if (seen.Add(key ?? Missing.Value)) yield return item;
        }
    }

    private static object? Extreme(NativeCall call, int sign)
    {
        AttributePath? path = call.HasValue(1) ? new AttributePath(call, call[1], null) : null;
        object? best = Undefined.Hint("no aggregated item: the sequence is empty");
        object? bestKey = Missing.Value;
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
        {
            object? key = Fold(path is null ? item : path.Get(item), call.Truth(0));
            if (bestKey is not Missing && Comparing.Compare(call.Runtime, key, bestKey) * sign >= 0) continue;
            best = item;
            bestKey = key;
        }

        return best;
    }

    private static ListValue GroupBy(NativeCall call)
    {
        var path = new AttributePath(call, call[0], call.Optional(1));
        bool caseSensitive = call.Truth(2);
        List<object?> groups = [];
        List<object?> current = [];
        object? currentKey = null;
        foreach (object? item in Comparing.Sorted(call.Runtime, Values.ToList(call.Runtime, call.Self), item => Fold(path.Get(item), caseSensitive), reverse: false))
        {
            object? key = Fold(path.Get(item), caseSensitive);
            if (current.Count == 0 || !Comparing.AreEqual(call.Runtime, key, currentKey))
            {
                current = [];
                groups.Add(new GroupValue(path.Get(item), new ListValue(current)));
                currentKey = key;
            }

            current.Add(item);
        }

        return new ListValue(groups);
    }

    private static object? Fold(object? value, bool caseSensitive) => value is string text && !caseSensitive ? text.ToLowerInvariant() : value;
}
