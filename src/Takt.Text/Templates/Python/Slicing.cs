namespace Takt.Text.Templates;

/// <summary>Slices: <c>[start:stop:step]</c> of strings, lists, tuples and ranges.</summary>
internal static class Slicing
{
    public static object? Slice(TemplateRuntime runtime, object? owner, object? start, object? stop, object? step)
    {
        if (owner is Undefined undefined) throw undefined.Fault();
        if (owner is string text)
        {
            runtime.Reserve(text.Length);
            return SliceText(text, start, stop, step);
        }

        if (owner is not SequenceValue sequence) throw Fault.Runtime($"'{Values.TypeName(owner)}' object cannot be sliced");
        (long first, long by, int count) = Resolve(start, stop, step, sequence.Count);
        if (sequence is RangeValue range)
            return new RangeValue(range.Start + first * range.Step, range.Start + (first + count * by) * range.Step, range.Step * by, count);

        runtime.Reserve(count, text: false);
        object?[] items = new object?[count];
        for (int i = 0; i < count; i++) items[i] = sequence[(int)(first + i * by)];
        return sequence is ListValue ? new ListValue([.. items]) : new TupleValue(items);
    }

    /// <summary>The first place, the step and the number of places that a slice of so many items takes.</summary>
    public static (long First, long Step, int Count) Resolve(object? start, object? stop, object? step, int length)
    {
        long by = Bound(step) ?? 1;
        if (by == 0) throw Fault.Runtime("slice step cannot be zero");
        long low = by > 0 ? 0 : -1;
        long high = by > 0 ? length : length - 1;
        long first = Clamp(Bound(start), by > 0 ? low : high, low, high, length);
        long end = Clamp(Bound(stop), by > 0 ? high : low, low, high, length);
        long count = by > 0 ? (end - first + by - 1) / by : (end - first + by + 1) / by;
        return (first, by, (int)Math.Max(count, 0));
    }

    private static string SliceText(string text, object? start, object? stop, object? step)
    {
        int[]? offsets = PythonText.Offsets(text);
        (long first, long by, int count) = Resolve(start, stop, step, offsets is null ? text.Length : offsets.Length - 1);
        if (count == 0) return "";
        if (by == 1)
            return offsets is null ? text.Substring((int)first, count) : text[offsets[first]..offsets[first + count]];

        var result = new System.Text.StringBuilder(count);
        for (int i = 0; i < count; i++)
        {
            long at = first + i * by;
            if (offsets is null) result.Append(text[(int)at]);
            else result.Append(text, offsets[at], offsets[at + 1] - offsets[at]);
        }

        return result.ToString();
    }

    private static long? Bound(object? value)
    {
        if (value is null) return null;
        if (PythonNumbers.TryIndex(value, out long index)) return index;
        throw value is Undefined undefined
            ? undefined.Fault()
            : Fault.Runtime($"slice bounds must be integers or none, not {Values.TypeName(value)}");
    }

    private static long Clamp(long? bound, long missing, long low, long high, int length)
    {
        if (bound is not { } value) return missing;
        return Math.Clamp(value < 0 ? value + length : value, low, high);
    }
}
