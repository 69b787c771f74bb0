namespace Takt.Text.Templates;

/// <summary>Filters that go through items.</summary>
internal static class SequenceFilters
{
    public static readonly NativeTable Table = new NativeTable
    {
        { "default", "default_value? boolean?", Default },
        { "length", "", call => Values.TryLength(call.Self, out int length) ? (long)length : throw call.WrongSelf("something with a length") },
        { "list", "", call => new ListValue(Values.ToList(call.Runtime, call.Self)) },
        { "items", "", Items },
        { "first", "", First },
        { "last", "", Last },
        { "join", "d? attribute?", Join },
        { "reverse", "", Reverse },
        { "sum", "attribute? start?", Sum },
        { "batch", "linecount fill_with?", call => new GeneratorValue(Batch(call)) },
        { "slice", "slices fill_with?", call => new GeneratorValue(Slice(call)) },
        { "attr", "name", call => Members.Attribute(call.Self, call.Text(0)) },
    }
        .Alias("d", "default").Alias("count", "length");

    private static object? Default(NativeCall call)
    {
        bool missing = call.Self is Undefined || (call.Truth(1) && !Values.IsTrue(call.Self));
        return missing ? call.Optional(0, "") : call.Self;
    }

    private static object? Items(NativeCall call) => call.Self switch
    {
        Undefined => new GeneratorValue([]),
        DictValue dict => new GeneratorValue(new DictView(dict, DictPart.Items).Items()),
        _ => throw call.WrongSelf("a dict"),
    };

    private static object? First(NativeCall call)
    {
        foreach (object? item in Values.Iterate(call.Runtime, call.Self)) return item;
        return Undefined.Hint("no first item: the sequence is empty");
    }

    private static object? Last(NativeCall call)
    {
        if (call.Self is GeneratorValue) throw call.WrongSelf("a sequence (put | list before it)");
        object? last = Undefined.Hint("no last item: the sequence is empty");
        if (call.Self is SequenceValue { Count: > 0 } sequence) return sequence[sequence.Count - 1];
        foreach (object? item in Values.Iterate(call.Runtime, call.Self)) last = item;
        return last;
    }

    private static string Join(NativeCall call)
    {
        AttributePath? path = call.HasValue(1) ? new AttributePath(call, call[1], null) : null;
        string separator = Values.ToText(call.Runtime, call.Optional(0, ""));
        List<string> parts = [];
        long length = 0;
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
        {
            parts.Add(Values.ToText(call.Runtime, path is null ? item : path.Get(item)));
            length += parts[^1].Length + separator.Length;
            call.Runtime.CheckLength(length);
        }

        call.Runtime.ChargeText(length);
        return string.Join(separator, parts);
    }

    private static object? Reverse(NativeCall call)
    {
        List<object?> items = Values.ToList(call.Runtime, call.Self);
        items.Reverse();
        return call.Self is string ? string.Concat(items) : new GeneratorValue(items);
    }

    private static object? Sum(NativeCall call)
    {
        AttributePath? path = call.HasValue(0) ? new AttributePath(call, call[0], null) : null;
        object? sum = call.Optional(1, 0L);
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
            sum = Arithmetic.Add(call.Runtime, sum, path is null ? item : path.Get(item));
        return sum;
    }

    private static IEnumerable<object?> Batch(NativeCall call)
    {
        int size = call.Integer(0);
        List<object?> batch = [];
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
        {
            if (batch.Count == size)
            {
                yield return new ListValue(batch);
                batch = [];
            }

            batch.Add(item);
        }

        if (batch.Count == 0) yield break;
        if (call.HasValue(1) && batch.Count < size)
        {
            call.Runtime.Reserve(size, text: false);
            while (batch.Count < size) batch.Add(call[1]);
        }

        yield return new ListValue(batch);
    }

    private static IEnumerable<object?> Slice(NativeCall call)
    {
        List<object?> items = Values.ToList(call.Runtime, call.Self);
        int slices = call.Integer(0);
        if (slices < 1) throw call.Wrong(0, "at least 1");
        call.Runtime.Reserve(slices, text: false);
        (int size, int larger) = Math.DivRem(items.Count, slices);
        int start = 0;
        for (int i = 0; i < slices; i++)
        {
            int count = i < larger ? size + 1 : size;
            List<object?> part = items.GetRange(start, count);
            if (call.HasValue(1) && i >= larger) part.Add(call[1]);
            start += count;
            yield return new ListValue(part);
        }
    }
}
