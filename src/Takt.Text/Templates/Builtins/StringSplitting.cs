namespace Takt.Text.Templates;

/// <summary>The methods of strings that take them apart.</summary>
internal static class StringSplitting
{
    /// <summary><c>split</c> and <c>rsplit</c>: at a separator or, without one, at runs of white space.</summary>
    public static ListValue Split(NativeCall call, bool fromRight)
    {
        string text = (string)call.Self!;
        int limit = call.Integer(1, -1);
        List<object?> parts;
        if (call.HasValue(0))
        {
            string separator = call.Text(0);
            if (separator.Length == 0) throw Fault.Runtime("split(): the separator is empty");
            parts = fromRight ? SplitRight(text, separator, limit) : SplitLeft(text, separator, limit);
        }
        else
        {
            parts = fromRight ? WordsRight(text, limit) : WordsLeft(text, limit);
        }

        call.Runtime.ChargeItems(parts.Count);
        return new ListValue(parts);
    }

    /// <summary>What is before, at and after the first or last separator.</summary>
    public static TupleValue Partition(NativeCall call, bool fromRight)
    {
        string text = (string)call.Self!;
        string separator = call.Text(0);
        if (separator.Length == 0) throw Fault.Runtime("partition(): the separator is empty");
        int at = fromRight ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return fromRight ? new TupleValue(["", "", text]) : new TupleValue([text, "", ""]);
        return new TupleValue([text[..at], separator, text[(at + separator.Length)..]]);
    }

    private static List<object?> SplitLeft(string text, string separator, int limit)
    {
        List<object?> parts = [];
        int from = 0;
        int at;
        while (parts.Count != limit && (at = text.IndexOf(separator, from, StringComparison.Ordinal)) >= 0)
        {
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    private static List<object?> SplitRight(string text, string separator, int limit)
    {
        List<object?> parts = [];
        int end = text.Length;
        int at;
        while (parts.Count != limit && (at = text.AsSpan(0, end).LastIndexOf(separator)) >= 0)
        {
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    private static List<object?> WordsLeft(string text, int limit)
    {
        List<object?> parts = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && PythonText.IsSpace(text[at])) at++;
            if (at == text.Length) return parts;
            int end = at;
            while (end < text.Length && (parts.Count == limit || !PythonText.IsSpace(text[end]))) end++;
            parts.Add(text[at..end]);
            at = end;
        }
    }

    private static List<object?> WordsRight(string text, int limit)
    {
        List<object?> parts = [];
        int end = text.Length;
        while (true)
        {
            while (end > 0 && PythonText.IsSpace(text[end - 1])) end--;
            if (end == 0) break;
            int start = end;
            while (start > 0 && (parts.Count == limit || !PythonText.IsSpace(text[start - 1]))) start--;
            parts.Add(text[start..end]);
            end = start;
        }

        parts.Reverse();
        return parts;
    }
}
