using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Takt.Engine.Sampling;

/// <summary>Passes over a whole row of logits.</summary>
internal static class LogitScan
{
    /// <summary>The id of the largest logit; of equal ones the lowest.</summary>
    /// <exception cref="InvalidDataException">A logit is NaN or positive infinity, or none is a number.</exception>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        float max = Max(logits);
        if (!float.IsFinite(max)) ThrowNotNumbers(logits);
        return IndexOf(logits, max);
    }

    /// <summary>Values i to i + 7; negative infinity stands for those past the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(ReadOnlySpan<float> logits, int i) => logits.Length - i >= Vector256<float>.Count
        ? Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(logits), (nuint)i)
        : LoadTail(logits[i..]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> LoadTail(ReadOnlySpan<float> logits)
    {
        Span<float> tail = stackalloc float[Vector256<float>.Count];
        tail.Fill(float.NegativeInfinity);
        logits.CopyTo(tail);
        return Vector256.Create<float>(tail);
    }

    /// <summary>The largest value, or NaN where there is one.</summary>
    private static float Max(ReadOnlySpan<float> logits)
    {
        ReadOnlySpan<Vector256<float>> whole = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        Vector256<float> max0 = Load(logits, 8 * whole.Length), max1 = max0, max2 = max0, max3 = max0;
        Vector256<float> numbers = Vector256.Equals(max0, max0);
        int i = 0;
        for (; i <= whole.Length - 4; i += 4)
        {
            Vector256<float> a = whole[i], b = whole[i + 1], c = whole[i + 2], d = whole[i + 3];
            numbers &= Vector256.Equals(a, a) & Vector256.Equals(b, b) & Vector256.Equals(c, c) & Vector256.Equals(d, d);
            max0 = Vector256.MaxNative(max0, a);
            max1 = Vector256.MaxNative(max1, b);
            max2 = Vector256.MaxNative(max2, c);
            max3 = Vector256.MaxNative(max3, d);
        }

        for (; i < whole.Length; i++)
        {
            numbers &= Vector256.Equals(whole[i], whole[i]);
            max0 = Vector256.MaxNative(max0, whole[i]);
        }

        if (numbers.ExtractMostSignificantBits() != 0xFF) return float.NaN;
        max0 = Vector256.MaxNative(Vector256.MaxNative(max0, max1), Vector256.MaxNative(max2, max3));
        float max = max0[0];
        for (int lane = 1; lane < 8; lane++) max = Math.Max(max, max0[lane]);
        return max;
    }

    private static int IndexOf(ReadOnlySpan<float> logits, float value)
    {
        Vector256<float> wanted = Vector256.Create(value);
        for (int i = 0; ; i += 8)
        {
            uint found = Vector256.Equals(Load(logits, i), wanted).ExtractMostSignificantBits();
            if (found != 0) return i + BitOperations.TrailingZeroCount(found);
        }
    }

    [DoesNotReturn]
    private static void ThrowNotNumbers(ReadOnlySpan<float> logits)
    {
        for (int token = 0; token < logits.Length; token++)
        {
            if (float.IsNaN(logits[token]) || float.IsPositiveInfinity(logits[token]))
            {
                throw new InvalidDataException(
                    $"the logit of token {token} is {logits[token]}, but must be a finite number; the model's weights are damaged or overflow");
            }
        }

        throw new InvalidDataException("every token is ruled out: all logits are negative infinity; allow at least one token");
    }
}
