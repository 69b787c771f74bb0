using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Numbers as Python has them: integers of any size (within a bound) beside floats, and booleans that count as 0 and 1.</summary>
internal static class PythonNumbers
{
    // About 4,300 digits, where Python too stops converting integers to text.
    private const int MaxBits = 14_284;
    private const int MaxDigits = 4_300;

    private static readonly SearchValues<char> s_floatCharacters = SearchValues.Create("0123456789+-.eE_");

    /// <summary>A long where it fits.</summary>
    public static object Normalize(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return (long)value;
        CheckBits(value.GetBitLength());
        return value;
    }

    public static void CheckBits(long bits)
    {
        if (bits > MaxBits) throw Fault.Limit($"an integer of {bits} bits is over the limit of {MaxBits}");
    }

    public static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static bool IsNumber(object? value) => value is long or bool or double or BigInteger;

    public static BigInteger ToBig(object? value) => value switch
    {
        bool b => b ? BigInteger.One : BigInteger.Zero,
        long i => i,
        _ => (BigInteger)value!,
    };

    public static double ToDouble(object? value)
    {
        if (value is double d) return d;
        if (value is long i) return i;
        double converted = (double)ToBig(value);
        if (double.IsInfinity(converted)) throw Fault.Runtime("int too large to convert to float");
        return converted;
    }

    /// <summary>The number as an index; huge ones are clamped, which leaves them out of every range.</summary>
    public static bool TryIndex(object? value, out long index)
    {
        index = value switch
        {
            long i => Math.Clamp(i, int.MinValue, int.MaxValue),
            bool b => b ? 1 : 0,
            BigInteger big => big.Sign < 0 ? int.MinValue : int.MaxValue,
            _ => 0,
        };
        return IsInteger(value);
    }

    /// <summary>Text as <c>int(text, base)</c> reads it, or null; base 0 means as the prefix says.</summary>
    public static BigInteger? ParseInteger(string text, int numberBase)
    {
        ReadOnlySpan<char> rest = PythonText.Strip(text);
        bool negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+")) rest = rest[1..];

        int prefixed = rest.Length > 1 && rest[0] == '0' ? char.ToLowerInvariant(rest[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefixed != 0 && (numberBase == prefixed || numberBase == 0))
        {
            rest = rest[2..];
            numberBase = prefixed;
            if (rest.StartsWith("_")) rest = rest[1..];
        }

        if (numberBase == 0) numberBase = 10;
        return ParseDigits(rest, numberBase) is { } value ? (negative ? -value : value) : null;
    }

    /// <summary>Text as <c>float(text)</c> reads it, or null.</summary>
    public static double? ParseFloat(string text)
    {
        string rest = PythonText.Strip(text).ToString();
        bool plain = !rest.AsSpan().ContainsAnyExcept(s_floatCharacters);
        if (!plain)
        {
            return rest.TrimStart('+', '-').ToLowerInvariant() is "inf" or "infinity" && rest.LastIndexOfAny(['+', '-']) < 1
                ? (rest[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity)
                : rest.ToLowerInvariant() is "nan" or "+nan" or "-nan" ? double.NaN : null;
        }

        if (!SeparatesDigits(rest)) return null;
        return double.TryParse(rest.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    /// <summary>The shortest text that reads back as the same float, laid out like Python's.</summary>
    public static string ToText(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        (string digits, int exponent) = ShortestDigits(Math.Abs(value));
        string sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length > 1 ? digits.Insert(1, ".") : digits;
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return sign + (digits.Length > exponent + 1 ? digits.Insert(exponent + 1, ".") : digits.PadRight(exponent + 1, '0') + ".0");
    }

    /// <summary>The decimal digits of an exact value rounded half to even: what <c>round</c> and fixed-point formats are made of.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="places">Digits after the point; negative ones round before it.</param>
    public static BigInteger ScaledRound(double value, int places)
    {
        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        int exponent = (int)(bits >> 52);
        BigInteger mantissa = exponent == 0 ? bits : (bits & ((1L << 52) - 1)) | (1L << 52);
        int shift = Math.Max(exponent, 1) - 1075;

        BigInteger numerator = mantissa * BigInteger.Pow(10, Math.Max(places, 0));
        BigInteger denominator = BigInteger.Pow(10, Math.Max(-places, 0));
        if (shift > 0) numerator <<= shift;
        else denominator <<= -shift;
        BigInteger quotient = RoundedQuotient(numerator, denominator);
        return value < 0 ? -quotient : quotient;
    }

    /// <summary>A quotient of numbers that are not negative, rounded half to even.</summary>
    public static BigInteger RoundedQuotient(BigInteger numerator, BigInteger denominator)
    {
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>The digits of the shortest text that reads back as a positive number, and the power of ten of the first one.</summary>
    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E');
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string number = mark < 0 ? text : text[..mark];
        int point = number.IndexOf('.');
        string digits = number.Replace(".", "");
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits.Trim('0'), exponent + (point < 0 ? number.Length : point) - 1 - zeros);
    }

    private static BigInteger? ParseDigits(ReadOnlySpan<char> digits, int numberBase)
    {
        if (digits.Length == 0 || digits[^1] == '_' || digits[0] == '_') return null;
        if (digits.Length > MaxDigits) throw Fault.Limit($"an integer of {digits.Length} digits is over the limit of {MaxDigits}");
        BigInteger value = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            char c = digits[i];
            if (c == '_' && digits[i - 1] != '_') continue;
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : int.MaxValue;
            if (digit >= numberBase) return null;
            value = value * numberBase + digit;
        }

        return value;
    }

    private static bool SeparatesDigits(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && !(i > 0 && i + 1 < text.Length && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]))) return false;
        }

        return true;
    }
}
