using System.Globalization;
using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    public static readonly NativeTable Table = new()
    {
        { "int", "default? base?", ToInteger },
        { "float", "default?", ToFloat },
        { "abs", "", Absolute },
        { "round", "precision? method?", Round },
    };

    private static object? ToInteger(NativeCall call)
    {
        object? otherwise = call.Optional(0, 0L);
        switch (call.Self)
        {
            case Undefined undefined:
                throw undefined.Fault();
            case string text:
                if (PythonNumbers.ParseInteger(text, call.Integer(1, 10)) is { } integer) return PythonNumbers.Normalize(integer);
                return PythonNumbers.ParseFloat(text) is { } real && double.IsFinite(real) ? PythonNumbers.Normalize(new BigInteger(real)) : otherwise;
            case double number:
                return double.IsFinite(number) ? PythonNumbers.Normalize(new BigInteger(number)) : otherwise;
            default:
                return PythonNumbers.IsInteger(call.Self) ? PythonNumbers.Normalize(PythonNumbers.ToBig(call.Self)) : otherwise;
        }
    }

    private static object? ToFloat(NativeCall call) => call.Self switch
    {
        Undefined undefined => throw undefined.Fault(),
        string text => PythonNumbers.ParseFloat(text) ?? call.Optional(0, 0.0),
        _ => PythonNumbers.IsNumber(call.Self) ? PythonNumbers.ToDouble(call.Self) : call.Optional(0, 0.0),
    };

    private static object? Absolute(NativeCall call)
    {
        if (call.Self is double number) return Math.Abs(number);
        if (!PythonNumbers.IsInteger(call.Self)) throw call.WrongSelf("a number");
        return PythonNumbers.Normalize(BigInteger.Abs(PythonNumbers.ToBig(call.Self)));
    }

    private static object? Round(NativeCall call)
    {
        if (!PythonNumbers.IsNumber(call.Self)) throw call.WrongSelf("a number");
        // A double has fewer than 400 digits on either side of the point.
        int places = Math.Clamp(call.Integer(0, 0), -400, 400);
        string method = call.Text(1, "common");
        if (method is "ceil" or "floor")
        {
            double scale = Math.Pow(10, places);
            double scaled = PythonNumbers.ToDouble(call.Self) * scale;
            return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
        }

        if (method != "common") throw call.Wrong(1, "'common', 'ceil' or 'floor'");
        return call.Self is double number ? RoundFloat(number, places) : RoundInteger(PythonNumbers.ToBig(call.Self), places);
    }

    private static double RoundFloat(double number, int places)
    {
        if (!double.IsFinite(number) || places > 330) return number;
        string digits = PythonNumbers.ScaledRound(number, places).ToString(CultureInfo.InvariantCulture);
        double rounded = double.Parse($"{digits}e{-places}", NumberStyles.Float, CultureInfo.InvariantCulture);
        return rounded == 0 ? Math.CopySign(0, number) : rounded;
    }

    private static object RoundInteger(BigInteger number, int places)
    {
        if (places >= 0) return PythonNumbers.Normalize(number);
        BigInteger unit = BigInteger.Pow(10, -places);
        BigInteger rounded = PythonNumbers.RoundedQuotient(BigInteger.Abs(number), unit) * unit;
        return PythonNumbers.Normalize(number.Sign < 0 ? -rounded : rounded);
    }
}
