using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Engine.Sampling;

/// <summary>e^x for x of 0 or less, with the same bits on every machine (the libraries' differ), to about 2 units in the last place.</summary>
internal static class Exponential
{
    // e^-87 is the last normal float.
    private const float Lowest = -87;

    /// <summary>One value; see the vector form.</summary>
    public static float Of(float x) => Of(Vector256.CreateScalar(x)).ToScalar();

    /// <summary>Eight values: 2^n e^r with |r| at most ln(2) / 2 and the polynomial of Cephes' expf. Below -87 it is 0.</summary>
    // Products and sums stay apart: a fused multiply-add would round differently where there is none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Of(Vector256<float> x)
    {
        Vector256<float> inRange = Vector256.GreaterThanOrEqual(x, Vector256.Create(Lowest));
        x = Vector256.ConditionalSelect(inRange, x, Vector256<float>.Zero);

        Vector256<float> shift = Vector256.Create(12582912f); // 1.5 * 2^23: adding it rounds to a whole number
        Vector256<float> n = x * 1.44269504f + shift - shift;
        Vector256<float> r = x - n * 0.693359375f - n * -2.12194440e-4f;
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = p * r + Vector256.Create(1.3981999507e-3f);
        p = p * r + Vector256.Create(8.3334519073e-3f);
        p = p * r + Vector256.Create(4.1665795894e-2f);
        p = p * r + Vector256.Create(1.6666665459e-1f);
        p = p * r + Vector256.Create(5.0000001201e-1f);
        p = p * (r * r) + r + Vector256<float>.One;

        Vector256<int> exponent = (Vector256.ConvertToInt32(n) + Vector256.Create(127)) << 23;
        return Vector256.BitwiseAnd(p * exponent.AsSingle(), inRange);
    }
}
