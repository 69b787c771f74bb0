using System.Globalization;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Methods of strings.</summary>
internal static class StringMethods
{
    public static readonly NativeTable Table = new()
    {
        { "strip", "chars?", call => PythonText.Strip(Self(call), Chars(call), left: true, right: true) },
        { "lstrip", "chars?", call => PythonText.Strip(Self(call), Chars(call), left: true, right: false) },
        { "rstrip", "chars?", call => PythonText.Strip(Self(call), Chars(call), left: false, right: true) },
        { "upper", "", call => Self(call).ToUpperInvariant() },
        { "lower", "", call => Self(call).ToLowerInvariant() },
        { "casefold", "", call => Self(call).ToLowerInvariant() },
        { "capitalize", "", call => PythonText.Capitalize(Self(call)) },
        { "title", "", call => StringCases.Title(Self(call)) },
        { "swapcase", "", call => StringCases.Swap(Self(call)) },
        { "split", "sep? maxsplit?", call => StringSplitting.Split(call, fromRight: false) },
        { "rsplit", "sep? maxsplit?", call => StringSplitting.Split(call, fromRight: true) },
        { "splitlines", "keepends?", call => new ListValue(PythonText.Lines(Self(call), call.Truth(0))) },
        { "partition", "sep", call => StringSplitting.Partition(call, fromRight: false) },
        { "rpartition", "sep", call => StringSplitting.Partition(call, fromRight: true) },
        { "join", "values", Join },
        { "replace", "old new count?", call => Replace(call.Runtime, Self(call), call.Text(0), call.Text(1), call.Integer(2, -1)) },
        { "startswith", "prefix start? end?", call => Affix(call, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)) },
        { "endswith", "suffix start? end?", call => Affix(call, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)) },
        { "removeprefix", "prefix", call => Self(call).StartsWith(call.Text(0), StringComparison.Ordinal) ? Self(call)[call.Text(0).Length..] : Self(call) },
        { "removesuffix", "suffix", call => Self(call).EndsWith(call.Text(0), StringComparison.Ordinal) ? Self(call)[..^call.Text(0).Length] : Self(call) },
        { "find", "sub start? end?", call => Find(call, last: false) },
        { "rfind", "sub start? end?", call => Find(call, last: true) },
        { "index", "sub start? end?", call => Find(call, last: false) is >= 0 and var at ? at : throw NotFound(call) },
        { "rindex", "sub start? end?", call => Find(call, last: true) is >= 0 and var at ? at : throw NotFound(call) },
        { "count", "sub start? end?", Count },
        { "format", "* **", call => new BraceFormat(call.Runtime, call.RestArguments).Apply(Self(call)) },
        { "center", "width fillchar?", call => Pad(call, '^') },
        { "ljust", "width fillchar?", call => Pad(call, '<') },
        { "rjust", "width fillchar?", call => Pad(call, '>') },
        { "zfill", "width", ZeroFill },
        { "isdigit", "", call => StringCases.All(Self(call), static (s, i) => CharUnicodeInfo.GetDigitValue(s, i) >= 0) },
        { "isdecimal", "", call => StringCases.All(Self(call), char.IsDigit) },
        { "isnumeric", "", call => StringCases.All(Self(call), StringCases.IsNumeric) },
        { "isalpha", "", call => StringCases.All(Self(call), char.IsLetter) },
        { "isalnum", "", call => StringCases.All(Self(call), static (s, i) => char.IsLetter(s, i) || StringCases.IsNumeric(s, i)) },
        { "isspace", "", call => StringCases.All(Self(call), static (s, i) => PythonText.IsSpace(s[i])) },
        { "islower", "", call => StringCases.IsLower(Self(call)) },
        { "isupper", "", call => StringCases.IsUpper(Self(call)) },
        { "isascii", "", call => Ascii.IsValid(Self(call)) },
    };

    /// <summary>Replaces at most <paramref name="count"/> times, or everywhere if it is negative.</summary>
    public static string Replace(TemplateRuntime runtime, string text, string old, string by, int count)
    {
        if (count == 0) return text;
        IEnumerable<int> places = old.Length == 0 ? Gaps(text) : Occurrences(text, old);
        if (count > 0) places = places.Take(count);
        List<int> found = [.. places];
        if (found.Count == 0) return text;

        runtime.Reserve(text.Length + (long)found.Count * (by.Length - old.Length));
        var result = new StringBuilder();
        int from = 0;
        foreach (int at in found)
        {
            result.Append(text, from, at - from).Append(by);
            from = at + old.Length;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>Where a part occurs, without overlaps.</summary>
    public static IEnumerable<int> Occurrences(string text, string part)
    {
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length) yield return at;
    }

    /// <summary>Joins texts; everything joined must be one.</summary>
    private static string Join(NativeCall call)
    {
        List<string> parts = [];
        long length = 0;
        foreach (object? item in Values.Iterate(call.Runtime, call[0]))
        {
            parts.Add(item as string ?? throw Fault.Runtime($"join(): item {parts.Count} is {Values.TypeName(item)}, not a string"));
            length += parts[^1].Length + Self(call).Length;
            call.Runtime.CheckLength(length);
        }

        call.Runtime.ChargeText(length);
        return string.Join(Self(call), parts);
    }

    private static string Self(NativeCall call) => (string)call.Self!;

    private static string? Chars(NativeCall call) => call.HasValue(0) ? call.Text(0) : null;

    private static IEnumerable<int> Gaps(string text) => (PythonText.Offsets(text) ?? Enumerable.Range(0, text.Length + 1)).AsEnumerable();

    private static Fault NotFound(NativeCall call) => Fault.Runtime($"'{call.Text(0)}' is not in the string");

    /// <summary>The part of the string between the optional bounds, and how many code points come before it; null if there is none.</summary>
    private static (string Text, long Start)? Window(NativeCall call)
    {
        if (!call.Has(1) && !call.Has(2)) return (Self(call), 0);
        int length = PythonText.Length(Self(call));
        if (call.HasValue(1) && call.Integer(1) > length) return null;
        (long first, _, _) = Slicing.Resolve(call.Optional(1), call.Optional(2), null, length);
        return ((string)Slicing.Slice(call.Runtime, Self(call), call.Optional(1), call.Optional(2), null)!, first);
    }

    private static bool Affix(NativeCall call, Func<string, string, bool> matches)
    {
        if (Window(call) is not { } window) return false;
        if (call[0] is not TupleValue options) return matches(window.Text, call.Text(0));
        foreach (object? option in Values.Iterate(call.Runtime, options))
        {
            if (matches(window.Text, option as string ?? throw call.Wrong(0, "a string or a tuple of strings"))) return true;
        }

        return false;
    }

    private static long Find(NativeCall call, bool last)
    {
        string part = call.Text(0);
        if (Window(call) is not { } window) return -1;
        int at = last ? window.Text.LastIndexOf(part, StringComparison.Ordinal) : window.Text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : window.Start + PythonText.Length(window.Text[..at]);
    }

    private static object? Count(NativeCall call)
    {
        string part = call.Text(0);
        if (Window(call) is not { } window) return 0L;
        return part.Length == 0 ? PythonText.Length(window.Text) + 1L : Occurrences(window.Text, part).Count();
    }

    private static string Pad(NativeCall call, char align)
    {
        string fill = call.Text(1, " ");
        if (PythonText.Length(fill) != 1) throw call.Wrong(1, "one character");
        return StringCases.Pad(call.Runtime, Self(call), call.Integer(0), align, fill);
    }

    private static string ZeroFill(NativeCall call)
    {
        string text = Self(call);
        string sign = text.StartsWith('-') || text.StartsWith('+') ? text[..1] : "";
        return sign + StringCases.Pad(call.Runtime, text[sign.Length..], call.Integer(0) - sign.Length, '>', "0");
    }
}
