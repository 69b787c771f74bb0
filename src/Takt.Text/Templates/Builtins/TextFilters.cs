using System.Text;

namespace Takt.Text.Templates;

/// <summary>Filters that give text.</summary>
internal static class TextFilters
{
    public static readonly NativeTable Table = new NativeTable
    {
        { "upper", "", call => call.SelfText.ToUpperInvariant() },
        { "lower", "", call => call.SelfText.ToLowerInvariant() },
        { "capitalize", "", call => PythonText.Capitalize(call.SelfText) },
        { "title", "", call => StringCases.TitleWords(call.SelfText) },
        { "trim", "chars?", call => PythonText.Strip(call.SelfText, call.HasValue(0) ? call.Text(0) : null, left: true, right: true) },
        { "string", "", call => call.SelfText },
        { "safe", "", call => call.SelfText },
        { "escape", "", call => Escape(call) },
        { "replace", "old new count?", Replace },
        { "format", "* **", Format },
        { "indent", "width? first? blank?", Indent },
        { "center", "width?", call => StringCases.Pad(call.Runtime, call.SelfText, call.Integer(0, 80), '^', " ") },
        { "truncate", "length? killwords? end? leeway?", Truncate },
        { "wordcount", "", call => CountWords(call.SelfText) },
        { "urlencode", "", UrlEncode },
        { "tojson", "ensure_ascii? indent? separators? sort_keys?", ToJson },
        { "from_json", "", call => InputValues.Parse(call.Runtime, call.Self as string ?? throw call.WrongSelf("a string")) },
    }
        .Alias("e", "escape").Alias("forceescape", "escape");

    private static string Escape(NativeCall call)
    {
        string text = call.SelfText;
        call.Runtime.ChargeText(text.Length * 5L);
        return text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("'", "&#39;").Replace("\"", "&#34;");
    }

    private static string Replace(NativeCall call) => StringMethods.Replace(
        call.Runtime, call.SelfText, Values.ToText(call.Runtime, call[0]), Values.ToText(call.Runtime, call[1]),
        call.HasValue(2) ? call.Integer(2) : -1);

    private static string Format(NativeCall call)
    {
        if (call.Rest.Length > 0 && call.Named.Length > 0) throw Fault.Runtime("format: takes positional or named arguments, not both");
        if (call.Named.Length == 0) return PercentFormat.Apply(call.Runtime, call.SelfText, new TupleValue(call.Rest));
        var named = new DictValue(call.Runtime.Comparer);
        foreach ((string name, object? value) in call.Named) named.Set(name, value);
        return PercentFormat.Apply(call.Runtime, call.SelfText, named);
    }

    private static string Indent(NativeCall call)
    {
        string text = call.Self as string ?? throw call.WrongSelf("a string");
        string indent = call.Optional(0, 4L) as string ?? new string(' ', CheckedWidth(call, 0, 4));
        List<object?> lines = PythonText.Lines(text + "\n");
        call.Runtime.Reserve(text.Length + (long)lines.Count * indent.Length);
        var result = new StringBuilder();
        for (int i = 0; i < lines.Count; i++)
        {
            string line = (string)lines[i]!;
            if (i > 0) result.Append('\n');
            if (i == 0 ? call.Truth(1) : line.Length > 0 || call.Truth(2)) result.Append(indent);
            result.Append(line);
        }

        return result.ToString();
    }

    private static int CheckedWidth(NativeCall call, int index, int otherwise)
    {
        int width = Math.Max(call.Integer(index, otherwise), 0);
        call.Runtime.Reserve(width);
        return width;
    }

    private static string Truncate(NativeCall call)
    {
        string text = call.Self as string ?? throw call.WrongSelf("a string");
        int length = call.Integer(0, 255);
        string end = call.Text(2, "...");
        int leeway = call.HasValue(3) ? call.Integer(3) : 5;
        int kept = length - PythonText.Length(end);
        if (kept < 0 || leeway < 0) throw Fault.Runtime($"truncate: needs a length of at least that of '{end}' and a leeway of at least 0");
        if (PythonText.Length(text) <= (long)length + leeway) return text;
        string start = (string)Slicing.Slice(call.Runtime, text, null, (long)kept, null)!;
        int space = call.Truth(1) ? -1 : start.LastIndexOf(' ');
        return (space < 0 ? start : start[..space]) + end;
    }

    private static long CountWords(string text)
    {
        long count = 0;
        bool inWord = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool letter = Rune.IsLetterOrDigit(rune) || Rune.IsNumber(rune) || rune.Value == '_';
            if (letter && !inWord) count++;
            inWord = letter;
        }

        return count;
    }

    private static string UrlEncode(NativeCall call)
    {
        if (call.Self is not (DictValue or ListValue or TupleValue)) return Quote(call.SelfText).Replace("%2F", "/");
        object pairs = call.Self is DictValue dict ? new DictView(dict, DictPart.Items) : call.Self;
        return string.Join('&', Values.Iterate(call.Runtime, pairs).Select(pair => Values.ToList(call.Runtime, pair) is [var name, var value]
            ? $"{QuoteQuery(name)}={QuoteQuery(value)}"
            : throw call.WrongSelf("a dict or pairs")));

        string QuoteQuery(object? part) => Quote(Values.ToText(call.Runtime, part)).Replace("%20", "+");

        string Quote(string text)
        {
            call.Runtime.Reserve(text.Length * 9L);
            return Uri.EscapeDataString(text);
        }
    }

    private static string ToJson(NativeCall call)
    {
        string? indent = null;
        if (call.HasValue(1)) indent = call[1] as string ?? new string(' ', CheckedWidth(call, 1, 0));
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (call.HasValue(2))
        {
            List<object?> separators = Values.ToList(call.Runtime, call[2]);
            if (separators is not [string first, string second]) throw call.Wrong(2, "two strings");
            (item, key) = (first, second);
        }

        return new JsonText(call.Runtime, new JsonText.Options(call.Truth(0), indent, item, key, call.Truth(3))).Write(call.Self);
    }
}
