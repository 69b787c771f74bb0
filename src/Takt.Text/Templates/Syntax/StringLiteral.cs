using System.Globalization;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Escapes in string literals, as in Python.</summary>
internal static class StringLiteral
{
    public static string Unescape(string source, int start, int end)
    {
        if (source.IndexOf('\\', start, end - start) < 0) return source[start..end];
        var text = new StringBuilder(end - start);
        int at = start;
        while (at < end)
        {
            if (source[at] == '\\' && at + 1 < end) at = ReadEscape(source, at, end, text);
            else text.Append(source[at++]);
        }

        return text.ToString();
    }

    private static int ReadEscape(string source, int at, int end, StringBuilder text)
    {
        char c = source[at + 1];
        switch (c)
        {
            case '\n': return at + 2;
            case 'x': return ReadHex(source, at, end, 2, text);
            case 'u': return ReadHex(source, at, end, 4, text);
            case 'U': return ReadHex(source, at, end, 8, text);
            case 'N': throw Fault.Syntax(at, "named characters (\\N{...}) are not supported; write the character or \\u");
            case >= '0' and <= '7': return ReadOctal(source, at, end, text);
        }

        const string Escapes = "\\'\"abfnrtv";
        const string Values = "\\'\"\a\b\f\n\r\t\v";
        int known = Escapes.IndexOf(c);
        if (known >= 0) text.Append(Values[known]);
        else text.Append('\\').Append(c);
        return at + 2;
    }

    private static int ReadHex(string source, int at, int end, int digits, StringBuilder text)
    {
        int start = at + 2;
        if (start + digits > end
            || !uint.TryParse(source.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
            || code > 0x10FFFF)
            throw Fault.Syntax(at, $"\\{source[at + 1]} needs {digits} hexadecimal digits of a character");
        if (code < 0x10000) text.Append((char)code);
        else text.Append(char.ConvertFromUtf32((int)code));
        return start + digits;
    }

    private static int ReadOctal(string source, int at, int end, StringBuilder text)
    {
        int code = 0;
        int digit = at + 1;
        for (; digit < end && digit < at + 4 && source[digit] is >= '0' and <= '7'; digit++) code = code * 8 + source[digit] - '0';
        text.Append((char)code);
        return digit;
    }
}
