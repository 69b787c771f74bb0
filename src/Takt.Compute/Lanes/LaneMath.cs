using System.Runtime.CompilerServices;

namespace Takt.Compute.Lanes;

/// <summary>Functions of 16 floats that every tier computes with the same operations, hence to the same bits.</summary>
internal static unsafe class LaneMath
{
    private const float RoundToInteger = 12582912f; // 1.5 * 2^23: adding it rounds to the nearest even integer

    /// <summary>Writes 16 floats as half floats, rounded to nearest even; what is too large becomes the largest, 65504.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreHalf<T>(T value, ushort* target) where T : struct, ILanes<T>
    {
        T sign = T.And(value, T.BroadcastInt(int.MinValue));
        T magnitude = T.And(value, T.BroadcastInt(int.MaxValue));
        T odd = T.And(T.ShiftRightInt(magnitude, 13), T.BroadcastInt(1));
        T normal = T.ShiftRightInt(T.AddInt(T.AddInt(magnitude, T.BroadcastInt(0xfff - HalfLanes.Rebias)), odd), 13);
        // Adding 0.5 lines a subnormal's bits up with the half's unit, rounded by the addition itself.
        T half = T.Broadcast(0.5f);
        T subnormal = T.SubtractInt(T.Add(magnitude, half), half);
        T result = T.Select(T.LessThanInt(magnitude, T.BroadcastInt(0x38800000)), subnormal, normal);
        T beyond = T.Select(T.LessThanInt(T.BroadcastInt(0x7f800000), magnitude), T.BroadcastInt(0x7e00), T.BroadcastInt(0x7bff));
        result = T.Select(T.LessThanInt(magnitude, T.BroadcastInt(0x477ff000)), result, beyond);
        T.StoreUInt16(T.Or(result, T.ShiftRightInt(sign, 16)), target);
    }

    /// <summary>Reads 16 bfloat16 values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T LoadBFloat16<T>(ushort* source) where T : struct, ILanes<T> => T.ShiftLeftInt(T.LoadUInt16(source), 16);

    /// <summary>Writes 16 floats as bfloat16, rounded to nearest even; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBFloat16<T>(T value, ushort* target) where T : struct, ILanes<T>
    {
        T odd = T.And(T.ShiftRightInt(value, 16), T.BroadcastInt(1));
        T rounded = T.ShiftRightInt(T.AddInt(T.AddInt(value, T.BroadcastInt(0x7fff)), odd), 16);
        T magnitude = T.And(value, T.BroadcastInt(int.MaxValue));
        T.StoreUInt16(T.Select(T.LessThanInt(T.BroadcastInt(0x7f800000), magnitude), T.BroadcastInt(0x7fc0), rounded), target);
    }

    /// <summary>Nearest integers, ties to even, of floats within 2^22.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T RoundToInt<T>(T value) where T : struct, ILanes<T>
    {
        T magic = T.Broadcast(RoundToInteger);
        return T.SubtractInt(T.Add(value, magic), magic);
    }

    /// <summary>e^x within about 1 ulp; 0 below -87.3 (where the result would be subnormal), largest at 88.3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : struct, ILanes<T>
    {
        T clamped = T.Min(T.Max(x, T.Broadcast(-87.3f)), T.Broadcast(88.3f));
        T magic = T.Broadcast(RoundToInteger);
        T shifted = T.MultiplyAdd(clamped, T.Broadcast(1.44269504f), magic);
        T n = T.Subtract(shifted, magic);
        // ln 2 in two parts: what is left is within half of ln 2 and nearly exact.
        T r = T.MultiplyAdd(n, T.Broadcast(-0.693359375f), clamped);
        r = T.MultiplyAdd(n, T.Broadcast(2.12194440e-4f), r);
        T p = T.Broadcast(1.9875691500e-4f);
        p = T.MultiplyAdd(p, r, T.Broadcast(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Broadcast(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Broadcast(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Broadcast(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Broadcast(5.0000001201e-1f));
        T result = T.Add(T.MultiplyAdd(T.Multiply(r, r), p, r), T.Broadcast(1f));
        result = T.AddInt(result, T.ShiftLeftInt(T.SubtractInt(shifted, magic), 23));
        return T.Select(T.LessThan(x, T.Broadcast(-87.3f)), T.Zero, result);
    }

    /// <summary>1 / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x) where T : struct, ILanes<T>
    {
        T one = T.Broadcast(1f);
        return T.Divide(one, T.Add(one, Exp(T.Subtract(T.Zero, x))));
    }

    /// <summary>tanh x as 1 - 2 / (e^2x + 1), by a series near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x) where T : struct, ILanes<T>
    {
        T one = T.Broadcast(1f);
        T wide = T.Subtract(one, T.Divide(T.Broadcast(2f), T.Add(Exp(T.Add(x, x)), one)));
        // Near zero the difference above cancels; x - x^3/3 + 2x^5/15 - 17x^7/315 + 62x^9/2835 does not.
        T square = T.Multiply(x, x);
        T series = T.Broadcast(0.021869488f);
        series = T.MultiplyAdd(series, square, T.Broadcast(-0.053968254f));
        series = T.MultiplyAdd(series, square, T.Broadcast(0.13333333f));
        series = T.MultiplyAdd(series, square, T.Broadcast(-0.33333333f));
        T near = T.MultiplyAdd(T.Multiply(series, square), x, x);
        T magnitude = T.And(x, T.BroadcastInt(int.MaxValue));
        return T.Select(T.LessThan(magnitude, T.Broadcast(0.3f)), near, wide);
    }
}
