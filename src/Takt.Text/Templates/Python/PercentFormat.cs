using System.Globalization;
using System.Numerics;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>The <c>%</c> operator of strings: <c>'%s is %d' % (name, 3)</c> or <c>'%(name)s' % {'name': name}</c>.</summary>
internal sealed class PercentFormat
{
    private readonly TemplateRuntime _runtime;
    private readonly string _format;
    private readonly object? _values;
    private readonly StringBuilder _text = new();
    private int _at;
    private int _next;

    private PercentFormat(TemplateRuntime runtime, string format, object? values)
    {
        _runtime = runtime;
        _format = format;
        _values = values;
    }

    public static string Apply(TemplateRuntime runtime, string format, object? values) => new PercentFormat(runtime, format, values).Run();

    private string Run()
    {
        _runtime.ChargeText(_format.Length);
        while (_at < _format.Length)
        {
            char c = _format[_at++];
            if (c != '%') _text.Append(c);
            else if (_at < _format.Length && _format[_at] == '%') _text.Append(_format[_at++]);
            else AppendField();
            _runtime.CheckLength(_text.Length);
        }

        bool allUsed = _values is TupleValue tuple ? _next >= tuple.Count : _next > 0 || _values is DictValue or ListValue or Undefined;
        if (!allUsed) throw Fault.Runtime("not all arguments were converted by the format string");
        return _text.ToString();
    }

    private void AppendField()
    {
        object? value = _at < _format.Length && _format[_at] == '(' ? Named() : Missing.Value;
        int flags = _at;
        while (_at < _format.Length && "-+ #0".Contains(_format[_at])) _at++;
        string flag = _format[flags.._at];
        int width = Number() ?? 0;
        int precision = -1;
        if (_at < _format.Length && _format[_at] == '.')
        {
            _at++;
            precision = Number() ?? 0;
        }

        while (_at < _format.Length && "hlL".Contains(_format[_at])) _at++;
        if (_at >= _format.Length) throw Fault.Runtime("the format string ends inside a field");
        char type = _format[_at++];
        if (value is Missing) value = Next();
        _runtime.Reserve(width);
        _text.Append(Convert(value, flag, width, precision, type));
    }

    private string Convert(object? value, string flags, int width, int precision, char type)
    {
        bool left = flags.Contains('-');
        char sign = flags.Contains('+') ? '+' : flags.Contains(' ') ? ' ' : '-';
        bool zeros = flags.Contains('0') && !left && type is not ('s' or 'r' or 'a' or 'c');
        var spec = new FormatSpec(
            zeros ? "0" : " ", left ? '<' : zeros ? '=' : '>', sign, flags.Contains('#'), width, '\0', precision, type);
        switch (type)
        {
            case 's':
                return (spec with { Sign = '-' }).Apply(_runtime, Values.ToText(_runtime, value));
            case 'r' or 'a':
                return (spec with { Type = 's' }).Apply(_runtime, Repr.Of(_runtime, value));
            case 'c' when value is string text && PythonText.Length(text) == 1:
                return (spec with { Type = 's', Precision = -1 }).Apply(_runtime, text);
            case 'd' or 'i' or 'u' when value is double d && double.IsFinite(d):
                return (spec with { Type = 'd' }).Integer(new BigInteger(d));
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'c' when PythonNumbers.IsInteger(value):
                return (spec with { Type = type is 'i' or 'u' ? 'd' : type }).Integer(PythonNumbers.ToBig(value));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G' when PythonNumbers.IsNumber(value):
                return spec.Float(PythonNumbers.ToDouble(value));
        }

        if (value is Undefined undefined) throw undefined.Fault();
        throw Fault.Runtime($"%{type} cannot format a value of type {Values.TypeName(value)}");
    }

    private object? Named()
    {
        int close = _format.IndexOf(')', _at);
        if (close < 0 || _values is not DictValue dict) throw Fault.Runtime("a format string with %(name) needs a dict");
        string name = _format[(_at + 1)..close];
        _at = close + 1;
        return dict.TryGet(name, out object? value) ? value : throw Fault.Runtime($"the format string asks for '{name}', which is not in the dict");
    }

    private object? Next()
    {
        int index = _next++;
        if (_values is TupleValue tuple && index < tuple.Count) return tuple[index];
        if (_values is not TupleValue && index == 0) return _values;
        throw Fault.Runtime("not enough arguments for the format string");
    }

    private int? Number()
    {
        if (_at < _format.Length && _format[_at] == '*')
        {
            _at++;
            return PythonNumbers.TryIndex(Next(), out long given) ? (int)Math.Min(Math.Abs(given), int.MaxValue) : throw Fault.Runtime("* in a format string needs an integer");
        }

        int start = _at;
        while (_at < _format.Length && char.IsAsciiDigit(_format[_at])) _at++;
        if (_at == start) return null;
        return int.TryParse(_format.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;
    }
}
