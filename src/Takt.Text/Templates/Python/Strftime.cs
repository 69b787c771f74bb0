using System.Globalization;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Times as <c>strftime</c> writes them in the C locale, with the flags of glibc (<c>%-d</c> does not pad).</summary>
internal static class Strftime
{
    public static string Format(DateTime time, string format)
    {
        var text = new StringBuilder();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 >= format.Length)
            {
                text.Append(format[at]);
                continue;
            }

            char flag = "-_0^#".Contains(format[at + 1]) && at + 2 < format.Length ? format[++at] : '\0';
            char code = format[++at];
            if (Number(time, code) is var (value, width, pad)) text.Append(Padded(value, width, flag, pad));
            else if (Name(time, code) is { } name) text.Append(flag is '^' or '#' ? name.ToUpperInvariant() : name);
            else text.Append('%').Append(flag == '\0' ? "" : flag.ToString()).Append(code);
        }

        return text.ToString();
    }

    private static string Padded(int value, int width, char flag, char pad) => flag switch
    {
        '-' => value.ToString(CultureInfo.InvariantCulture),
        '_' => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, ' '),
        '0' => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'),
        _ => value.ToString(CultureInfo.InvariantCulture).PadLeft(width, pad),
    };

    private static (int Value, int Width, char Pad)? Number(DateTime time, char code)
    {
        int weekday = (int)time.DayOfWeek;
        int dayOfYear = time.DayOfYear - 1;
        int hour12 = (time.Hour + 11) % 12 + 1;
        return code switch
        {
            'Y' => (time.Year, 1, '0'),
            'G' => (ISOWeek.GetYear(time), 1, '0'),
            'C' => (time.Year / 100, 2, '0'),
            'y' => (time.Year % 100, 2, '0'),
            'g' => (ISOWeek.GetYear(time) % 100, 2, '0'),
            'm' => (time.Month, 2, '0'),
            'd' => (time.Day, 2, '0'),
            'e' => (time.Day, 2, ' '),
            'j' => (time.DayOfYear, 3, '0'),
            'H' => (time.Hour, 2, '0'),
            'k' => (time.Hour, 2, ' '),
            'I' => (hour12, 2, '0'),
            'l' => (hour12, 2, ' '),
            'M' => (time.Minute, 2, '0'),
            'S' => (time.Second, 2, '0'),
            'f' => ((int)(time.Ticks % TimeSpan.TicksPerSecond / 10), 6, '0'),
            'w' => (weekday, 1, '0'),
            'u' => (weekday == 0 ? 7 : weekday, 1, '0'),
            'U' => ((dayOfYear + 7 - weekday) / 7, 2, '0'),
            'W' => ((dayOfYear + 7 - (weekday + 6) % 7) / 7, 2, '0'),
            'V' => (ISOWeek.GetWeekOfYear(time), 2, '0'),
            _ => null,
        };
    }

    private static string? Name(DateTime time, char code)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return code switch
        {
            'a' => time.ToString("ddd", invariant),
            'A' => time.ToString("dddd", invariant),
            'b' or 'h' => time.ToString("MMM", invariant),
            'B' => time.ToString("MMMM", invariant),
            'p' => time.Hour < 12 ? "AM" : "PM",
            'P' => time.Hour < 12 ? "am" : "pm",
            'c' => Format(time, "%a %b %e %H:%M:%S %Y"),
            'x' or 'D' => Format(time, "%m/%d/%y"),
            'X' or 'T' => Format(time, "%H:%M:%S"),
            'F' => Format(time, "%Y-%m-%d"),
            'R' => Format(time, "%H:%M"),
            'r' => Format(time, "%I:%M:%S %p"),
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            'z' or 'Z' => "",
            _ => null,
        };
    }
}
