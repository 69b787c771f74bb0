using System.Diagnostics.CodeAnalysis;
using System.Numerics;
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
    public static Vector256<float> Load(ReadOnlySpan<float> logits, int i)
    {
        if (logits.Length - i >= Vector256<float>.Count) return Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(logits), (nuint)i);
        Span<float> tail = stackalloc float[Vector256<float>.Count];
        tail.Fill(float.NegativeInfinity);
        logits[i..].CopyTo(tail);
        return Vector256.Create<float>(tail);
    }

    /// <summary>The largest value, or NaN where there is one.</summary>
    private static float Max(ReadOnlySpan<float> logits)
    {
        Vector256<float> max0 = Vector256.Create(float.NegativeInfinity), max1 = max0;
        Vector256<float> numbers = Vector256<float>.AllBitsSet;
        for (int i = 0; i < logits.Length; i += 16)
        {
            Vector256<float> a = Load(logits, i), b = i + 8 < logits.Length ? Load(logits, i + 8) : a;
            numbers &= Vector256.Equals(a, a) & Vector256.Equals(b, b);
            max0 = Vector256.MaxNative(max0, a);
            max1 = Vector256.MaxNative(max1, b);
        }

        if (numbers.ExtractMostSignificantBits() != 0xFF) return float.NaN;
        max0 = Vector256.MaxNative(max0, max1);
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
