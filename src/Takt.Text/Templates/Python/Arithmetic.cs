using System.Numerics;

namespace Takt.Text.Templates;

/// <summary>Arithmetic operators with Python's rules for types and signs.</summary>
internal static class Arithmetic
{
    public static object? Add(TemplateRuntime runtime, object? left, object? right)
    {
        switch (left, right)
        {
            case (string a, string b):
                return runtime.Concat(a, b);
            case (ListValue a, ListValue b):
                runtime.Reserve((long)a.Count + b.Count, text: false);
                return new ListValue([.. a.Items, .. b.Items]);
            case (TupleValue a, TupleValue b):
                runtime.Reserve((long)a.Count + b.Count, text: false);
                return new TupleValue([.. a.Items, .. b.Items]);
            case (long a, long b) when !Overflows(a, b, out long sum):
                return sum;
        }

        return Integers(left, right) ? PythonNumbers.Normalize(PythonNumbers.ToBig(left) + PythonNumbers.ToBig(right))
            : Floats(left, right, "+", out double x, out double y) ? x + y : null;
    }

    public static object? Subtract(TemplateRuntime runtime, object? left, object? right) =>
        Integers(left, right) ? PythonNumbers.Normalize(PythonNumbers.ToBig(left) - PythonNumbers.ToBig(right))
        : Floats(left, right, "-", out double x, out double y) ? x - y : null;

    public static object? Multiply(TemplateRuntime runtime, object? left, object? right)
    {
        if (left is string or ListValue or TupleValue && PythonNumbers.TryIndex(right, out long count)) return Repeat(runtime, left, count);
        if (right is string or ListValue or TupleValue && PythonNumbers.TryIndex(left, out count)) return Repeat(runtime, right, count);
        return Integers(left, right) ? PythonNumbers.Normalize(PythonNumbers.ToBig(left) * PythonNumbers.ToBig(right))
            : Floats(left, right, "*", out double x, out double y) ? x * y : null;
    }

    public static object? Divide(TemplateRuntime runtime, object? left, object? right)
    {
        Floats(left, right, "/", out double x, out double y);
        if (y == 0) throw Fault.Runtime("division by zero");
        return x / y;
    }

    public static object? FloorDivide(TemplateRuntime runtime, object? left, object? right)
    {
        if (Integers(left, right)) return PythonNumbers.Normalize(FloorDivide(left, right, out _));
        Floats(left, right, "//", out double x, out double y);
        return FloorDivide(x, y, out _);
    }

    public static object? Modulo(TemplateRuntime runtime, object? left, object? right)
    {
        if (left is string format) return PercentFormat.Apply(runtime, format, right);
        if (Integers(left, right))
        {
            FloorDivide(left, right, out BigInteger remainder);
            return PythonNumbers.Normalize(remainder);
        }

        Floats(left, right, "%", out double x, out double y);
        FloorDivide(x, y, out double rest);
        return rest;
    }

    public static object? Power(TemplateRuntime runtime, object? left, object? right)
    {
        if (Integers(left, right) && PythonNumbers.ToBig(right) is { Sign: >= 0 } exponent)
        {
            BigInteger number = PythonNumbers.ToBig(left);
            if (BigInteger.Abs(number) <= 1) return PythonNumbers.Normalize(exponent.IsZero ? 1 : exponent.IsEven ? number * number : number);
            PythonNumbers.CheckBits((long)BigInteger.Min(exponent, 1 << 20) * (BigInteger.Abs(number).GetBitLength() - 1));
            return PythonNumbers.Normalize(BigInteger.Pow(number, (int)exponent));
        }

        Floats(left, right, "**", out double x, out double y);
        if (x == 0 && y < 0) throw Fault.Runtime("0.0 cannot be raised to a negative power");
        if (x < 0 && double.IsFinite(x) && double.IsFinite(y) && Math.Floor(y) != y)
            throw Fault.Runtime("a negative number cannot be raised to a fraction");
        double power = Math.Pow(x, y);
        if (double.IsInfinity(power) && double.IsFinite(x) && double.IsFinite(y)) throw Fault.Runtime("the result of ** is too large for a float");
        return power;
    }

    /// <summary>Unary minus and plus.</summary>
    public static object? Sign(object? operand, bool negative)
    {
        if (operand is double d) return negative ? -d : d;
        if (PythonNumbers.IsInteger(operand))
            return PythonNumbers.Normalize(negative ? -PythonNumbers.ToBig(operand) : PythonNumbers.ToBig(operand));
        if (operand is Undefined undefined) throw undefined.Fault();
        throw Fault.Runtime($"bad operand type for unary {(negative ? '-' : '+')}: '{Values.TypeName(operand)}'");
    }

    private static bool Overflows(long a, long b, out long sum)
    {
        sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0;
    }

    private static bool Integers(object? left, object? right) => PythonNumbers.IsInteger(left) && PythonNumbers.IsInteger(right);

    /// <summary>Both operands as floats; throws where one is not a number.</summary>
    private static bool Floats(object? left, object? right, string op, out double x, out double y)
    {
        if (!PythonNumbers.IsNumber(left) || !PythonNumbers.IsNumber(right)) throw Unsupported(left, right, op);
        x = PythonNumbers.ToDouble(left);
        y = PythonNumbers.ToDouble(right);
        return true;
    }

    private static Fault Unsupported(object? left, object? right, string op)
    {
        if (left is Undefined undefinedLeft) return undefinedLeft.Fault();
        if (right is Undefined undefinedRight) return undefinedRight.Fault();
        string hint = op == "+" && (left is string || right is string) ? "; use ~ to join texts" : "";
        return Fault.Runtime($"unsupported operand types for {op}: '{Values.TypeName(left)}' and '{Values.TypeName(right)}'{hint}");
    }

    private static BigInteger FloorDivide(object? left, object? right, out BigInteger remainder)
    {
        BigInteger divisor = PythonNumbers.ToBig(right);
        if (divisor.IsZero) throw Fault.Runtime("integer division or modulo by zero");
        BigInteger quotient = BigInteger.DivRem(PythonNumbers.ToBig(left), divisor, out remainder);
        if (remainder.IsZero || remainder.Sign == divisor.Sign) return quotient;
        remainder += divisor;
        return quotient - 1;
    }

    private static double FloorDivide(double x, double y, out double remainder)
    {
        if (y == 0) throw Fault.Runtime("float division or modulo by zero");
        remainder = x % y;
        double quotient = (x - remainder) / y;
        if (remainder == 0)
        {
            remainder = Math.CopySign(0, y);
        }
        else if ((y < 0) != (remainder < 0))
        {
            remainder += y;
            quotient -= 1;
        }

        if (quotient == 0) return Math.CopySign(0, x / y);
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static object Repeat(TemplateRuntime runtime, object value, long count)
    {
        count = Math.Max(count, 0);
        if (value is string text)
        {
            runtime.Reserve(text.Length * count);
            return text.Length == 0 ? "" : string.Create((int)(text.Length * count), text, static (span, part) =>
            {
                for (int at = 0; at < span.Length; at += part.Length) part.CopyTo(span[at..]);
            });
        }

        var sequence = (SequenceValue)value;
        runtime.Reserve(sequence.Count * count, text: false);
        var items = new List<object?>((int)(sequence.Count * count));
        for (long i = 0; i < count && sequence.Count > 0; i++) items.AddRange(sequence is ListValue list ? list.Items : ((TupleValue)sequence).Items);
        return value is ListValue ? new ListValue(items) : new TupleValue([.. items]);
    }
}
