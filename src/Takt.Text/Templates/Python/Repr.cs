using System.Globalization;
using System.Numerics;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Values as Python's <c>repr</c> writes them, which is also how lists and dicts are printed.</summary>
internal static class Repr
{
    public static string Of(TemplateRuntime runtime, object? value)
    {
        var text = new StringBuilder();
        Append(runtime, text, value);
        return text.ToString();
    }

    private static void Append(TemplateRuntime runtime, StringBuilder text, object? value)
    {
        runtime.Enter();
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool b: text.Append(b ? "True" : "False"); break;
            case long i: text.Append(CultureInfo.InvariantCulture, $"{i}"); break;
            case BigInteger big: text.Append(big.ToString(CultureInfo.InvariantCulture)); break;
            case double d: text.Append(PythonNumbers.ToText(d)); break;
            case string s: AppendString(runtime, text, s); break;
            case Undefined: text.Append("Undefined"); break;
            case ListValue list: AppendItems(runtime, text, '[', list.Items, "]"); break;
            case TupleValue tuple: AppendItems(runtime, text, '(', tuple.Items, tuple.Count == 1 ? ",)" : ")"); break;
            case DictValue dict: AppendDict(runtime, text, dict); break;
            case DictView view:
                AppendItems(runtime, text.Append("dict_").Append(ViewName(view.Part)).Append('('), '[', view.Items(), "])");
                break;
            case RangeValue range:
                text.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}");
                if (range.Step != 1) text.Append(CultureInfo.InvariantCulture, $", {range.Step}");
                text.Append(')');
                break;
            case NamespaceValue space:
                text.Append("<Namespace ");
                AppendDict(runtime, text, space.Attributes);
                text.Append('>');
                break;
            case MacroValue macro: text.Append($"<Macro '{macro.Name}'>"); break;
            case NativeFunction function: text.Append($"<built-in function {function.Name}>"); break;
            default: text.Append($"<{Values.TypeName(value)} object>"); break;
        }

        runtime.Leave();
    }

    private static void AppendItems(TemplateRuntime runtime, StringBuilder text, char open, IEnumerable<object?> items, string close)
    {
        text.Append(open);
        bool first = true;
        foreach (object? item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            Append(runtime, text, item);
        }

        text.Append(close);
    }

    private static void AppendDict(TemplateRuntime runtime, StringBuilder text, DictValue dict)
    {
        text.Append('{');
        bool first = true;
        foreach ((object? key, object? value) in dict.Items)
        {
            if (!first) text.Append(", ");
            first = false;
            Append(runtime, text, key);
            text.Append(": ");
            Append(runtime, text, value);
        }

        text.Append('}');
    }

    private static void AppendString(TemplateRuntime runtime, StringBuilder text, string value)
    {
        runtime.CheckLength((long)text.Length + value.Length);
        runtime.ChargeText(value.Length);
        char quote = value.Contains('\'') && !value.Contains('"') ? '"' : '\'';
        text.Append(quote);
        for (int at = 0; at < value.Length; at++)
        {
            int code = value[at];
            if (char.IsHighSurrogate(value[at]) && at + 1 < value.Length && char.IsLowSurrogate(value[at + 1])) code = char.ConvertToUtf32(value[at], value[++at]);
            if (code == quote || code == '\\') text.Append('\\').Append((char)code);
            else if (code == '\n') text.Append("\\n");
            else if (code == '\r') text.Append("\\r");
            else if (code == '\t') text.Append("\\t");
            else if (IsPrintable(code)) PythonText.AppendCodePoint(text, code);
            else text.Append(code < 0x100 ? $"\\x{code:x2}" : code < 0x10000 ? $"\\u{code:x4}" : $"\\U{code:x8}");
        }

        text.Append(quote);
    }

    private static bool IsPrintable(int code) => code == ' ' || CharUnicodeInfo.GetUnicodeCategory(code) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);

    private static string ViewName(DictPart part) => part switch { DictPart.Keys => "keys", DictPart.Values => "values", _ => "items" };
}
