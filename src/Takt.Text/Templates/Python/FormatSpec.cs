using System.Globalization;
using System.Numerics;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Python's format specification: <c>[[fill]align][sign][#][0][width][grouping][.precision][type]</c>.</summary>
/// <param name="Fill">The character that fills up to the width.</param>
/// <param name="Align">'&lt;', '&gt;', '^', '=' or 0 for the type's own.</param>
/// <param name="Sign">'-', '+' or ' '.</param>
/// <param name="Alternate">Whether a base is written before the digits.</param>
/// <param name="Width">The least number of characters.</param>
/// <param name="Grouping">',' or '_' between groups of digits, or 0.</param>
/// <param name="Precision">-1 where none is given.</param>
/// <param name="Type">The letter, or 0.</param>
internal sealed record FormatSpec(
    string Fill, char Align, char Sign, bool Alternate, int Width, char Grouping, int Precision, char Type)
{
    // Far more digits than a double has.
    private const int MaxPrecision = 1000;

    public static FormatSpec Parse(TemplateRuntime runtime, string text)
    {
        int at = 0;
        string fill = " ";
        char align = '\0';
        int fillWidth = text.Length > 1 && char.IsSurrogatePair(text, 0) ? 2 : 1;
        if (text.Length > fillWidth && "<>^=".Contains(text[fillWidth]))
        {
            fill = text[..fillWidth];
            align = text[fillWidth];
            at = fillWidth + 1;
        }
        else if (text.Length > 0 && "<>^=".Contains(text[0]))
        {
            align = text[at++];
        }

        char sign = Take(text, ref at, "+- ", '-');
        bool alternate = Take(text, ref at, "#", '\0') != '\0';
        if (Take(text, ref at, "0", '\0') != '\0' && align == '\0') (fill, align) = ("0", '=');
        int width = Number(text, ref at) ?? 0;
        char grouping = Take(text, ref at, ",_", '\0');
        int precision = -1;
        if (Take(text, ref at, ".", '\0') != '\0') precision = Number(text, ref at) ?? throw Bad(text);
        char type = Take(text, ref at, "bcdeEfFgGnosxX%", '\0');
        if (at < text.Length) throw Bad(text);
        runtime.Reserve(width);
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, type);
    }

    public string Apply(TemplateRuntime runtime, object? value)
    {
        if (PythonNumbers.IsInteger(value) && Type is not ('e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%' or 's'))
            return Integer(PythonNumbers.ToBig(value));
        if (PythonNumbers.IsNumber(value) && Type != 's') return Float(PythonNumbers.ToDouble(value));

        if (value is not string text || Type is not ('\0' or 's') || Align == '=')
            throw Fault.Runtime($"a value of type {Values.TypeName(value)} cannot be formatted like this");
        if (Precision >= 0 && Precision < PythonText.Length(text)) text = (string)Slicing.Slice(runtime, text, null, (long)Precision, null)!;
        return Pad("", text, '<');
    }

    /// <summary>An integer in the base that the type says.</summary>
    public string Integer(BigInteger value)
    {
        string sign = value.Sign < 0 ? "-" : Sign == '-' ? "" : Sign.ToString();
        BigInteger magnitude = BigInteger.Abs(value);
        (string prefix, string digits) = Type switch
        {
            'c' => ("", Character(value)),
            'b' => ("0b", InBase(magnitude, 1)),
            'o' => ("0o", InBase(magnitude, 3)),
            'x' => ("0x", InBase(magnitude, 4)),
            'X' => ("0X", InBase(magnitude, 4).ToUpperInvariant()),
            _ => ("", magnitude.ToString(CultureInfo.InvariantCulture)),
        };
        digits = Group(digits, Type is 'b' or 'o' or 'x' or 'X' ? 4 : 3);
        return Pad(sign + (Alternate ? prefix : ""), digits, '>');
    }

    /// <summary>A float in the notation that the type says; without one, as it prints.</summary>
    public string Float(double value)
    {
        string sign = value < 0 || (value == 0 && double.IsNegative(value)) ? "-" : Sign == '-' ? "" : Sign.ToString();
        double magnitude = Math.Abs(value);
        if (Precision > MaxPrecision) throw Fault.Limit($"a precision of {Precision} digits is over the limit of {MaxPrecision}");
        string digits = !double.IsFinite(value) ? PythonNumbers.ToText(magnitude) : Type switch
        {
            'f' or 'F' => FloatText.Fixed(magnitude, Precision < 0 ? 6 : Precision),
            '%' => FloatText.Fixed(magnitude * 100, Precision < 0 ? 6 : Precision) + "%",
            'e' or 'E' => FloatText.Exponent(magnitude, Precision < 0 ? 6 : Precision),
            'g' or 'G' or 'n' => FloatText.General(magnitude, Precision < 0 ? 6 : Math.Max(Precision, 1)),
            _ when Precision >= 0 => FloatText.General(magnitude, Math.Max(Precision, 1), keepFloat: true),
            _ => PythonNumbers.ToText(magnitude),
        };
        int point = digits.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string whole = point < 0 ? digits : digits[..point];
        digits = Group(whole, 3) + digits[whole.Length..];
        return Pad(sign, Type is 'E' or 'G' or 'F' ? digits.ToUpperInvariant() : digits, '>');
    }

    private string Pad(string prefix, string text, char ownAlign)
    {
        int missing = Width - PythonText.Length(text) - prefix.Length;
        if (missing <= 0) return prefix + text;
        char align = Align == '\0' ? ownAlign : Align;
        int before = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        var result = new StringBuilder();
        if (align == '=') result.Append(prefix);
        for (int i = 0; i < before; i++) result.Append(Fill);
        if (align != '=') result.Append(prefix);
        result.Append(text);
        for (int i = before; i < missing; i++) result.Append(Fill);
        return result.ToString();
    }

    private string Group(string digits, int size)
    {
        if (Grouping == '\0') return digits;
        var result = new StringBuilder(digits);
        for (int at = digits.Length - size; at > 0; at -= size) result.Insert(at, Grouping);
        return result.ToString();
    }

    private static string Character(BigInteger code)
    {
        if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) throw Fault.Runtime($"{code} is not the code of a character");
        return char.ConvertFromUtf32((int)code);
    }

    private static string InBase(BigInteger value, int bitsPerDigit)
    {
        if (value.IsZero) return "0";
        var digits = new StringBuilder();
        for (; !value.IsZero; value >>= bitsPerDigit) digits.Insert(0, "0123456789abcdef"[(int)(value & ((1 << bitsPerDigit) - 1))]);
        return digits.ToString();
    }

    private static char Take(string text, ref int at, string choices, char otherwise) =>
        at < text.Length && choices.Contains(text[at]) ? text[at++] : otherwise;

    private static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at == start) return null;
        return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;
    }

    private static Fault Bad(string text) => Fault.Runtime($"'{text}' is not a format specification");
}
