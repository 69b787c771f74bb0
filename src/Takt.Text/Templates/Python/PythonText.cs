using System.Text;

namespace Takt.Text.Templates;

/// <summary>Strings as sequences of code points, where .NET counts UTF-16 units, and Python's idea of white space.</summary>
internal static class PythonText
{
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    /// <summary>Strips code points of a set, or white space where it is null, from one end or both.</summary>
    public static string Strip(string text, string? set, bool left, bool right)
    {
        HashSet<string>? members = set is null ? null : [.. CodePoints(set)];
        int start = 0;
        int end = text.Length;
        while (left && start < end && Strips(text, start, Width(text, start), members)) start += Width(text, start);
        while (right && end > start && Strips(text, end - WidthBefore(text, end), WidthBefore(text, end), members)) end -= WidthBefore(text, end);
        return text[start..end];
    }

    public static int Length(string text)
    {
        if (!HasSurrogates(text)) return text.Length;
        int count = 0;
        for (int at = 0; at < text.Length; at += Width(text, at)) count++;
        return count;
    }

    public static IEnumerable<string> CodePoints(string text)
    {
        for (int at = 0; at < text.Length; at += Width(text, at)) yield return text.Substring(at, Width(text, at));
    }

    /// <summary>The code point at an index, which counts from the end if negative; null outside.</summary>
    public static string? At(string text, long index)
    {
        if (Offsets(text) is not { } offsets)
        {
            if (index < 0) index += text.Length;
            return index >= 0 && index < text.Length ? text[(int)index].ToString() : null;
        }

        if (index < 0) index += offsets.Length - 1;
        return index >= 0 && index < offsets.Length - 1 ? text[offsets[index]..offsets[index + 1]] : null;
    }

    /// <summary>Where each code point begins, and the text's end; null where every unit is one.</summary>
    public static int[]? Offsets(string text)
    {
        if (!HasSurrogates(text)) return null;
        var offsets = new List<int>(text.Length + 1);
        for (int at = 0; at < text.Length; at += Width(text, at)) offsets.Add(at);
        offsets.Add(text.Length);
        return [.. offsets];
    }

    /// <summary>Order by code points: where units differ, a surrogate stands for something above all others.</summary>
    public static int Compare(string left, string right)
    {
        int at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        bool leftHigh = char.IsSurrogate(left[at]);
        bool rightHigh = char.IsSurrogate(right[at]);
        return leftHigh == rightHigh ? left[at].CompareTo(right[at]) : leftHigh.CompareTo(rightHigh);
    }

    /// <summary>Lines without their ends, or with them.</summary>
    public static List<object?> Lines(string text, bool keepEnds = false)
    {
        List<object?> lines = [];
        int start = 0;
        while (start < text.Length)
        {
            int end = start;
            while (end < text.Length && !IsLineBreak(text[end])) end++;
            int next = end + (end < text.Length ? (text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1) : 0);
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    /// <summary>First code point in upper case, the rest in lower case.</summary>
    public static string Capitalize(string text)
    {
        int first = text.Length == 0 ? 0 : Width(text, 0);
        return string.Concat(text[..first].ToUpperInvariant(), text[first..].ToLowerInvariant());
    }

    public static void AppendCodePoint(StringBuilder target, int code)
    {
        if (code < 0x10000) target.Append((char)code);
        else target.Append(char.ConvertFromUtf32(code));
    }

    private static bool IsLineBreak(char c) => c is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    private static bool HasSurrogates(string text) => text.AsSpan().ContainsAnyInRange('\ud800', '\udfff');

    private static int Width(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int WidthBefore(string text, int end) =>
        end >= 2 && char.IsLowSurrogate(text[end - 1]) && char.IsHighSurrogate(text[end - 2]) ? 2 : 1;

    private static bool Strips(string text, int at, int width, HashSet<string>? members) =>
        members is null ? IsSpace(text[at]) : members.Contains(text.Substring(at, width));
}
