using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <summary>Exact dots of four bytes a lane on 128-bit registers, by what the machine has.</summary>
internal static class Dot128
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Unsigned(Vector128<int> sum, Vector128<byte> weights, Vector128<sbyte> values)
    {
        if (Ssse3.IsSupported)
        {
            Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(weights, values);
            return Sse2.MultiplyAddAdjacent(pairs, Vector128.Create((short)1)) + sum;
        }

        return Signed(sum, weights.AsSByte(), values); // 0..127 is the same signed
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Signed(Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> values)
    {
        if (Ssse3.IsSupported)
            return Unsigned(sum, Ssse3.Abs(weights), Ssse3.Sign(values, weights));
        if (Dp.IsSupported)
            return Dp.DotProduct(sum, weights, values);
        (Vector128<short> w0, Vector128<short> w1) = Vector128.Widen(weights);
        (Vector128<short> x0, Vector128<short> x1) = Vector128.Widen(values);
        return sum + Pairs(Products(w0, x0), Products(w1, x1));
    }

    /// <summary>Whether <see cref="Short"/> keeps sums of 16 bits.</summary>
    public static bool ShortSums => Ssse3.IsSupported;

    /// <summary>Whether many signed bytes are multiplied faster as 16-bit integers: where there is no instruction for their dots.</summary>
    public static bool PrefersShorts => Sse2.IsSupported;

    /// <summary>Adds to each lane the two products of its halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Shorts(Vector128<int> sum, Vector128<short> weights, Vector128<short> values) =>
        sum + (Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(weights, values) : Products(weights, values));

    /// <summary>Adds products of unsigned weights to sums that are 16 bits long where the machine multiplies so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Short(Vector128<byte> sum, Vector128<byte> weights, Vector128<sbyte> values) => ShortSums
        ? (Ssse3.MultiplyAddAdjacent(weights, values) + sum.AsInt16()).AsByte()
        : Unsigned(sum.AsInt32(), weights, values).AsByte();

    /// <summary>The 32-bit lanes of sums that <see cref="Short"/> made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Widen(Vector128<byte> sums) => ShortSums
        ? Sse2.MultiplyAddAdjacent(sums.AsInt16(), Vector128.Create((short)1)).AsByte()
        : sums;

    // Sums of neighbouring 16-bit products, as 32-bit lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Products(Vector128<short> w, Vector128<short> x)
    {
        (Vector128<int> wLow, Vector128<int> wHigh) = Vector128.Widen(w);
        (Vector128<int> xLow, Vector128<int> xHigh) = Vector128.Widen(x);
        return Pairs(wLow * xLow, wHigh * xHigh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<int> low, Vector128<int> high)
    {
        Vector128<int> even = Vector128.Create(low[0], low[2], high[0], high[2]);
        Vector128<int> odd = Vector128.Create(low[1], low[3], high[1], high[3]);
        return even + odd;
    }
}
