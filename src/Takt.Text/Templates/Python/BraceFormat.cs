using System.Globalization;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>The method <c>format</c> of strings: <c>'{} {0} {name.attribute[key]!r:&gt;10}'</c>.</summary>
internal sealed class BraceFormat(TemplateRuntime runtime, Arguments arguments)
{
    private int _next;

    public string Apply(string format) => Apply(format, nested: false);

    private string Apply(string format, bool nested)
    {
        runtime.ChargeText(format.Length);
        var text = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            char c = format[at];
            bool doubled = at + 1 < format.Length && format[at + 1] == c;
            if (c is not ('{' or '}'))
            {
                text.Append(c);
            }
            else if (doubled && !nested)
            {
                text.Append(c);
                at++;
            }
            else
            {
                if (c == '}') throw Fault.Runtime("single '}' in the format string; write }} for a brace");
                int end = FieldEnd(format, at);
                text.Append(Field(format[(at + 1)..end], nested));
                at = end;
            }

            runtime.CheckLength(text.Length);
        }

        return text.ToString();
    }

    private static int FieldEnd(string format, int start)
    {
        int depth = 0;
        for (int at = start; at < format.Length; at++)
        {
            if (format[at] == '{') depth++;
            else if (format[at] == '}' && --depth == 0) return at;
        }

        throw Fault.Runtime("single '{' in the format string; write {{ for a brace");
    }

    private string Field(string field, bool nested)
    {
        int colon = field.IndexOf(':');
        string spec = colon < 0 ? "" : field[(colon + 1)..];
        string name = colon < 0 ? field : field[..colon];
        char conversion = name.Length > 1 && name[^2] == '!' ? name[^1] : '\0';
        if (conversion != '\0') name = name[..^2];

        object? value = Find(name);
        if (spec.Contains('{'))
        {
            if (nested) throw Fault.Runtime("fields in the format string are nested too deeply");
            spec = Apply(spec, nested: true);
        }

        value = conversion switch
        {
            '\0' => value,
            's' => Values.ToText(runtime, value),
            'r' or 'a' => Repr.Of(runtime, value),
            _ => throw Fault.Runtime($"unknown conversion '!{conversion}' in the format string; expected !r, !s or !a"),
        };
        return spec.Length == 0 ? Values.ToText(runtime, value) : FormatSpec.Parse(runtime, spec).Apply(runtime, value);
    }

    private object? Find(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[');
        object? value = Argument(end < 0 ? name : name[..end]);
        while (end >= 0 && end < name.Length)
        {
            int start = end + 1;
            if (name[end] == '[')
            {
                int close = name.IndexOf(']', start);
                if (close < 0) throw Fault.Runtime($"'{name}' in the format string lacks a ']'");
                string key = name[start..close];
                value = Members.Item(runtime, value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : key);
                end = close + 1;
                if (end < name.Length && name[end] is not ('.' or '[')) throw Fault.Runtime($"'{name}' in the format string is not a field");
            }
            else
            {
                int next = name.AsSpan(start).IndexOfAny('.', '[');
                end = next < 0 ? name.Length : start + next;
                value = Members.Get(value, name[start..end]);
            }
        }

        return value;
    }

    private object? Argument(string name)
    {
        if (name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return int.TryParse(name, CultureInfo.InvariantCulture, out int index)
                ? Positional(index)
                : throw Fault.Runtime($"the format string asks for argument {name}");
        }

        if (name.Length == 0) return Positional(_next++);
        foreach ((string key, object? value) in arguments.Named)
        {
            if (key == name) return value;
        }

        throw Fault.Runtime($"the format string asks for '{name}', which is not among the arguments");
    }

    private object? Positional(int index) => index < arguments.Positional.Length
        ? arguments.Positional[index]
        : throw Fault.Runtime($"the format string asks for argument {index}, but {arguments.Positional.Length} were given");
}
