using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>IEEE halves as they lie in a block: conversions by bits, several times faster than those of <see cref="Half"/>.</summary>
internal static unsafe class HalfBits
{
    /// <summary>The largest finite half.</summary>
    public const float Largest = 65504;

    // 2^112 moves a half's exponent to a float's; the rest are bits of floats: where halves overflow and where they become subnormal.
    private const float ExponentBias = 5.192296858534828e33f;
    private const uint Infinity = 0x7F800000, Overflow = 0x47800000, SmallestNormal = 0x38800000;

    /// <summary>Reads a half at any address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(byte* source) => ToSingle(Unsafe.ReadUnaligned<ushort>(source));

    /// <summary>Writes the half nearest to a finite value at any address; beyond the range, the largest one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* target, float value) => Unsafe.WriteUnaligned(target, FromSingle(Math.Clamp(value, -Largest, Largest)));

    /// <summary>A finite value as <see cref="Store"/> and <see cref="Load"/> would return it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Round(float value) => ToSingle(FromSingle(Math.Clamp(value, -Largest, Largest)));

    /// <summary>
    /// As <see cref="Round"/>, but away from zero among subnormals, which lie far apart: a scale that is too large represents the
    /// values more coarsely, one that is too small clips them.
    /// </summary>
    public static float RoundScale(float value)
    {
        const float subnormal = 1f / (1 << 14), spacing = 1f / (1 << 24);
        return MathF.Abs(value) >= subnormal ? Round(value) : MathF.CopySign(MathF.Ceiling(MathF.Abs(value) / spacing) * spacing, value);
    }

    /// <summary>Converts exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort half)
    {
        uint magnitude = half & 0x7FFFu;
        // With the half's exponent in a float's place, one exact product by 2^112 corrects the bias and normalises subnormals.
        uint bits = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude << 13) * ExponentBias);
        if (magnitude >= 0x7C00u) bits |= Infinity;
        return BitConverter.UInt32BitsToSingle(bits | (half & 0x8000u) << 16);
    }

    /// <summary>Converts to the nearest half, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
        uint half;
        if (magnitude >= Overflow)
            half = magnitude > Infinity ? 0x7E00u : 0x7C00u;
        else if (magnitude < SmallestNormal)
            // The spacing of floats at 0.5 is that of subnormal halves, so the addition rounds.
            half = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(magnitude) + 0.5f) - 0x3F000000;
        else
            half = magnitude - 0x38000000 + 0xFFF + (magnitude >> 13 & 1) >> 13;
        return (ushort)(half | sign);
    }

    /// <summary>Converts eight halves, one in each lane, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ToSingle(Vector256<uint> halves)
    {
        var magnitude = halves & Vector256.Create(0x7FFFu);
        var bits = ((magnitude << 13).AsSingle() * Vector256.Create(ExponentBias)).AsUInt32();
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u)) & Vector256.Create(Infinity);
        return (bits | special | (halves & Vector256.Create(0x8000u)) << 16).AsSingle();
    }

    /// <summary>Converts eight values to the nearest halves, ties to even, one in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> FromSingle(Vector256<float> values)
    {
        var bits = values.AsUInt32();
        var magnitude = bits & Vector256.Create(0x7FFFFFFFu);
        var normal = (magnitude - Vector256.Create(0x38000000u) + Vector256.Create(0xFFFu) + (magnitude >> 13 & Vector256<uint>.One)) >> 13;
        var subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F000000u);
        var special = Vector256.Create(0x7C00u) | (Vector256.GreaterThan(magnitude, Vector256.Create(Infinity)) & Vector256.Create(0x200u));
        var half = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(SmallestNormal)), subnormal, normal);
        half = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(Overflow)), special, half);
        return half | (bits >> 16 & Vector256.Create(0x8000u));
    }
}
