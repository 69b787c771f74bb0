using System.Globalization;
using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Floats in fixed-point, exponent and general notation, rounded half to even from their exact value as Python does.</summary>
internal static class FloatText
{
    public static string Fixed(double magnitude, int places) => Place(PythonNumbers.ScaledRound(magnitude, places), places);

    public static string Exponent(double magnitude, int places)
    {
        (string digits, int exponent) = Significant(magnitude, places + 1);
        string mantissa = places > 0 ? digits.Insert(1, ".") : digits;
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    /// <summary>So many significant digits, without trailing zeros, with an exponent where the number is very large or small.</summary>
    public static string General(double magnitude, int digits, bool keepFloat = false)
    {
        (string significant, int exponent) = Significant(magnitude, digits);
        bool scientific = exponent < -4 || exponent >= (keepFloat ? Math.Max(digits - 1, 1) : digits);
        if (scientific)
        {
            string mantissa = significant.TrimEnd('0');
            if (mantissa.Length == 0) mantissa = "0";
            return $"{(mantissa.Length > 1 ? mantissa.Insert(1, ".") : mantissa)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        string text = Fixed(magnitude, Math.Max(digits - 1 - exponent, 0));
        if (text.Contains('.')) text = text.TrimEnd('0').TrimEnd('.');
        return keepFloat && !text.Contains('.') ? text + ".0" : text;
    }

    private static (string Digits, int Exponent) Significant(double magnitude, int count)
    {
        if (magnitude == 0) return (new string('0', count), 0);
        int exponent = (int)Math.Floor(Math.Log10(magnitude));
        while (true)
        {
            string digits = PythonNumbers.ScaledRound(magnitude, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count) return (digits, exponent);
            exponent += digits.Length > count ? 1 : -1;
        }
    }

    private static string Place(BigInteger scaled, int places)
    {
        string digits = scaled.ToString(CultureInfo.InvariantCulture);
        if (places == 0) return digits;
        digits = digits.PadLeft(places + 1, '0');
        return digits.Insert(digits.Length - places, ".");
    }
}
