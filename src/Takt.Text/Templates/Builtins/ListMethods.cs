namespace Takt.Text.Templates;

/// <summary>Methods of lists and tuples.</summary>
internal static class ListMethods
{
    public static readonly NativeTable TupleTable = new()
    {
        { "index", "value", Index },
        { "count", "value", Count },
    };

    public static readonly NativeTable Table = new()
    {
        { "index", "value", Index },
        { "count", "value", Count },
        { "copy", "", call => new ListValue(Values.ToList(call.Runtime, call.Self)) },
        { "append", "value", call => Insert(call, Self(call).Count, call[0]) },
        { "insert", "index value", call => Insert(call, call.Integer(0), call[1]) },
        { "extend", "values", Extend },
        { "pop", "index?", Pop },
        { "remove", "value", Remove },
        { "reverse", "", Reverse },
        { "clear", "", Clear },
    };

    private static List<object?> Self(NativeCall call) => ((ListValue)call.Self!).Items;

    private static object? Index(NativeCall call)
    {
        long index = 0;
        foreach (object? item in Values.Iterate(call.Runtime, call.Self))
        {
            if (Comparing.AreEqual(call.Runtime, item, call[0])) return index;
            index++;
        }

        throw Fault.Runtime($"{Repr.Of(call.Runtime, call[0])} is not in the {Values.TypeName(call.Self)}");
    }

    private static object? Count(NativeCall call) =>
        (long)Values.Iterate(call.Runtime, call.Self).Count(item => Comparing.AreEqual(call.Runtime, item, call[0]));

    private static object? Insert(NativeCall call, int index, object? value)
    {
        List<object?> items = Self(call);
        call.Runtime.CheckLength(items.Count + 1L, text: false);
        if (index < 0) index += items.Count;
        index = Math.Clamp(index, 0, items.Count);
        call.Runtime.ChargeItems((items.Count - index) >> 3);
        items.Insert(index, value);
        return null;
    }

    private static object? Extend(NativeCall call)
    {
        List<object?> added = Values.ToList(call.Runtime, call[0]);
        call.Runtime.CheckLength((long)Self(call).Count + added.Count, text: false);
        Self(call).AddRange(added);
        return null;
    }

    private static object? Pop(NativeCall call)
    {
        List<object?> items = Self(call);
        int index = call.Integer(0, -1);
        if (index < 0) index += items.Count;
        if (index < 0 || index >= items.Count) throw Fault.Runtime("pop(): the list has no item at this index");
        object? value = items[index];
        call.Runtime.ChargeItems((items.Count - index) >> 3);
        items.RemoveAt(index);
        return value;
    }

    private static object? Remove(NativeCall call)
    {
        Self(call).RemoveAt((int)(long)Index(call)!);
        return null;
    }

    private static object? Reverse(NativeCall call)
    {
        call.Runtime.ChargeItems(Self(call).Count);
        Self(call).Reverse();
        return null;
    }

    private static object? Clear(NativeCall call)
    {
        Self(call).Clear();
        return null;
    }
}
