using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>
/// What all values have in common. A value is null (None), bool, long or <see cref="BigInteger"/> (int), double, string, or one of
/// the classes beside this one. Lists may contain themselves, so whatever walks through values counts its depth.
/// </summary>
internal static class Values
{
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        ListValue => "list",
        TupleValue => "tuple",
        RangeValue => "range",
        DictValue => "dict",
        DictView => "dict view",
        GeneratorValue => "generator",
        Undefined => "Undefined",
        NamespaceValue => "Namespace",
        LoopValue => "LoopContext",
        MacroValue => "Macro",
        CyclerValue => "Cycler",
        JoinerValue => "Joiner",
        _ => "function",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool b => b,
        long i => i != 0,
        double d => d != 0,
        string s => s.Length > 0,
        SequenceValue sequence => sequence.Count > 0,
        DictValue dict => dict.Count > 0,
        DictView view => view.Dict.Count > 0,
        _ => true,
    };

    /// <summary>The length of what has one: code points of a string, items of the others.</summary>
    public static bool TryLength(object? value, out int length)
    {
        length = value switch
        {
            string s => PythonText.Length(s),
            SequenceValue sequence => sequence.Count,
            DictValue dict => dict.Count,
            DictView view => view.Dict.Count,
            Undefined => 0,
            _ => -1,
        };
        return length >= 0;
    }

    public static bool IsIterable(object? value) =>
        value is string or SequenceValue or DictValue or DictView or GeneratorValue or Undefined;

    /// <summary>The items of what can be gone through; a step is counted for each.</summary>
    public static IEnumerable<object?> Iterate(TemplateRuntime runtime, object? value) => value switch
    {
        SequenceValue sequence => IterateSequence(runtime, sequence),
        DictValue dict => Counted(runtime, dict.Items.Select(item => item.Key)),
        DictView view => Counted(runtime, view.Items()),
        GeneratorValue generator => Counted(runtime, generator.Items()),
        string text => Counted(runtime, PythonText.CodePoints(text)),
        Undefined => [],
        _ => throw Fault.Runtime($"'{TypeName(value)}' object is not iterable"),
    };

    /// <summary>The items as a new list.</summary>
    public static List<object?> ToList(TemplateRuntime runtime, object? value)
    {
        if (value is ListValue list)
        {
            runtime.Reserve(list.Count, text: false);
            return [.. list.Items];
        }

        List<object?> items = [];
        foreach (object? item in Iterate(runtime, value)) items.Add(item);
        return items;
    }

    /// <summary>The text of a value when it is printed.</summary>
    public static string ToText(TemplateRuntime runtime, object? value) => value switch
    {
        string text => text,
        null => "None",
        bool b => b ? "True" : "False",
        Undefined => "",
        _ => Repr.Of(runtime, value),
    };

    // By index, because the body of a loop may append to the list it goes through.
    private static IEnumerable<object?> IterateSequence(TemplateRuntime runtime, SequenceValue sequence)
    {
        for (int i = 0; i < sequence.Count; i++)
        {
            runtime.Step();
            yield return sequence[i];
        }
    }

    // The step comes before the item: lazy sequences on top of each other recurse here, and the step watches the stack.
    private static IEnumerable<object?> Counted(TemplateRuntime runtime, IEnumerable<object?> items)
    {
        using IEnumerator<object?> source = items.GetEnumerator();
        while (true)
        {
            runtime.Step();
            if (!source.MoveNext()) yield break;
            yield return source.Current;
        }
    }
}
