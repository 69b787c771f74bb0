using System.Globalization;
using System.Numerics;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Values as Python's <c>json.dumps</c> writes them.</summary>
internal sealed class JsonText(TemplateRuntime runtime, JsonText.Options options)
{
    /// <summary>The keyword arguments of <c>json.dumps</c>; without an indent everything stands on one line.</summary>
    internal sealed record Options(bool EnsureAscii, string? Indent, string ItemSeparator, string KeySeparator, bool SortKeys);

    private readonly StringBuilder _text = new();
    private int _level;

    public string Write(object? value)
    {
        Append(value);
        return _text.ToString();
    }

    private void Append(object? value)
    {
        runtime.Enter();
        switch (value)
        {
            case null: _text.Append("null"); break;
            case bool b: _text.Append(b ? "true" : "false"); break;
            case long i: _text.Append(CultureInfo.InvariantCulture, $"{i}"); break;
            case BigInteger big: _text.Append(big.ToString(CultureInfo.InvariantCulture)); break;
            case double d: _text.Append(FloatText(d)); break;
            case string s: AppendString(s); break;
            case ListValue list: AppendList(list); break;
            case TupleValue tuple: AppendList(tuple); break;
            case DictValue dict: AppendDict(dict); break;
            case Undefined undefined: throw undefined.Fault();
            default: throw Fault.Runtime($"a value of type {Values.TypeName(value)} cannot be written as JSON");
        }

        runtime.CheckLength(_text.Length);
        runtime.Leave();
    }

    private void AppendList(SequenceValue list)
    {
        _text.Append('[');
        _level++;
        for (int i = 0; i < list.Count; i++)
        {
            Separate(i > 0);
            Append(list[i]);
        }

        Close(list.Count, ']');
    }

    private void AppendDict(DictValue dict)
    {
        IEnumerable<KeyValuePair<object?, object?>> items = dict.Items;
        if (options.SortKeys) items = Comparing.Sorted(runtime, items, item => item.Key);
        _text.Append('{');
        _level++;
        bool more = false;
        foreach ((object? key, object? value) in items)
        {
            Separate(more);
            more = true;
            AppendString(KeyText(key));
            _text.Append(options.KeySeparator);
            Append(value);
        }

        Close(dict.Count, '}');
    }

    private void Separate(bool more)
    {
        if (more) _text.Append(options.ItemSeparator);
        NewLine();
    }

    private void Close(int count, char close)
    {
        _level--;
        if (count > 0) NewLine();
        _text.Append(close);
    }

    private void NewLine()
    {
        if (options.Indent is null) return;
        runtime.Reserve((long)options.Indent.Length * _level);
        _text.Append('\n');
        for (int i = 0; i < _level; i++) _text.Append(options.Indent);
    }

    private void AppendString(string value)
    {
        runtime.CheckLength((long)_text.Length + value.Length);
        runtime.ChargeText(value.Length);
        _text.Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"': _text.Append("\\\""); break;
                case '\\': _text.Append("\\\\"); break;
                case '\n': _text.Append("\\n"); break;
                case '\r': _text.Append("\\r"); break;
                case '\t': _text.Append("\\t"); break;
                case '\f': _text.Append("\\f"); break;
                case '\b': _text.Append("\\b"); break;
                case < ' ': _text.Append($"\\u{(int)c:x4}"); break;
                case > '\x7f' when options.EnsureAscii: _text.Append($"\\u{(int)c:x4}"); break;
                default: _text.Append(c); break;
            }
        }

        _text.Append('"');
    }

    private static string KeyText(object? key) => key switch
    {
        string text => text,
        null => "null",
        bool b => b ? "true" : "false",
        long or BigInteger => PythonNumbers.ToBig(key).ToString(CultureInfo.InvariantCulture),
        double d => FloatText(d),
        _ => throw Fault.Runtime($"the keys of JSON must be strings or numbers, not {Values.TypeName(key)}"),
    };

    private static string FloatText(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonNumbers.ToText(value);
}
