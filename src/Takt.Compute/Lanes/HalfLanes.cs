using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Lanes;

/// <summary>
/// How the bits of a half become those of a float, its magnitude shifted to a float's place: exponents are rebiased, infinity and
/// NaN twice; a subnormal's bits become the mantissa of a number near 2^-14, which is then subtracted, so that no subnormal float
/// (slow on most processors) ever appears.
/// </summary>
internal static class HalfLanes
{
    /// <summary>2^112, the difference of the exponents' biases as a factor.</summary>
    public const float ExponentBias = 5.192296858534828e33f;

    /// <summary>From exponent bias 15 to 127.</summary>
    public const int Rebias = 112 << 23;

    /// <summary>The same, one exponent higher: 2^-14 as a float.</summary>
    public const int SubnormalRebias = 113 << 23;

    /// <summary>Shifted magnitudes below this are subnormal.</summary>
    public const int SmallestNormal = 0x400 << 13;

    /// <summary>Shifted magnitudes above this are infinite or NaN.</summary>
    public const int Largest = 0x7bff << 13;

    /// <summary>Four halves in the low bits of their lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ToFloat(Vector128<uint> halves)
    {
        Vector128<int> bits = halves.AsInt32();
        Vector128<int> magnitude = (bits & Vector128.Create(0x7fff)) << 13;
        Vector128<int> offset = Vector128.Create(SubnormalRebias);
        Vector128<int> normal = magnitude + Vector128.Create(Rebias);
        normal += Vector128.GreaterThan(magnitude, Vector128.Create(Largest)) & Vector128.Create(Rebias);
        Vector128<int> small = ((magnitude + offset).AsSingle() - offset.AsSingle()).AsInt32();
        Vector128<int> value = Vector128.ConditionalSelect(
            Vector128.LessThan(magnitude, Vector128.Create(SmallestNormal)), small, normal);
        return (value | ((bits & Vector128.Create(0x8000)) << 16)).AsByte();
    }
}
