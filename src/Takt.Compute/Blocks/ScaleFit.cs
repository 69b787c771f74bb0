using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>Least-squares search of a scale: <c>value = scale * level</c>. Counts are multiples of 16.</summary>
internal static unsafe class ScaleFit
{
    /// <summary>Magnitudes below this become zero in every format whose scale is a half (its smallest number is 2^-24).</summary>
    public const float Smallest = 1f / (1 << 26);

    private const float Bounds = 1 << 30;

    /// <summary>Finds the codes of a block of 32 finite values; returns their scale, a half.</summary>
    [SkipLocalsInit]
    public static float Fit<TLevels>(float* values, TLevels levels, ReadOnlySpan<float> reaches, sbyte* codes)
        where TLevels : struct, ILevels
    {
        float* bounded = stackalloc float[32];
        float* weights = stackalloc float[32];
        values = Bound(values, 32, bounded);
        Weigh(values, 32, weights);
        float scale = HalfBits.RoundScale(Find(values, weights, 32, levels, reaches));
        Encode(values, 32, levels, scale, codes);
        return scale;
    }

    /// <summary>
    /// The values, or where one is beyond 2^30 a copy with that as the limit: no format with half scales reaches so far, and the sums
    /// of squares stay finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* Bound(float* values, int count, float* copy)
    {
        if (MathF.Abs(Extreme(values, count)) <= Bounds) return values;
        for (int k = 0; k < count; k++) copy[k] = Math.Clamp(values[k], -Bounds, Bounds);
        return copy;
    }

    /// <summary>
    /// What each squared error counts: <c>1 + |value| / rms</c>. Large weights belong to the channels that matter more often than
    /// small ones, so their error costs more than in the plain sum of squares, which would clip them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weigh(float* values, int count, float* weights)
    {
        Vector256<float> squares = default;
        for (int k = 0; k < count; k += 8) squares += Vector256.Load(values + k) * Vector256.Load(values + k);
        float sum = Vector256.Sum(squares);
        var inverse = Vector256.Create(sum > 0 ? MathF.Sqrt(count / sum) : 0);
        for (int k = 0; k < count; k += 8)
            (Vector256.Abs(Vector256.Load(values + k)) * inverse + Vector256<float>.One).Store(weights + k);
    }

    /// <summary>
    /// The scale with the least squared error among those that give the value of largest magnitude one of the levels
    /// <paramref name="reaches"/>, each improved by the closed-form optimum for its codes; 0 for values that are all but zero.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Find<TLevels>(float* values, float* weights, int count, TLevels levels, ReadOnlySpan<float> reaches)
        where TLevels : struct, ILevels
    {
        float extreme = Extreme(values, count);
        if (MathF.Abs(extreme) < Smallest) return 0;
        float bestGain = 0, bestScale = 0, reciprocal = 1 / extreme;
        foreach (float reach in reaches)
        {
            float scale = Refit(values, weights, count, levels, reach * reciprocal, out float gain);
            if (gain > bestGain) (bestGain, bestScale) = (gain, scale);
        }
        return bestScale == 0 ? 0 : Refit(values, weights, count, levels, 1 / bestScale, out _);
    }

    /// <summary>The best scale for the codes that <paramref name="inverse"/> gives, and by how much it lowers the squared error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Refit<TLevels>(float* values, float* weights, int count, TLevels levels, float inverse, out float gain)
        where TLevels : struct, ILevels
    {
        var factor = Vector256.Create(inverse);
        Vector256<float> products = default, squares = default;
        for (int k = 0; k < count; k += 8)
        {
            var value = Vector256.Load(values + k);
            var level = levels.Nearest(value * factor);
            var weighted = Vector256.Load(weights + k) * level;
            products += value * weighted;
            squares += level * weighted;
        }
        float sumProducts = Vector256.Sum(products), sumSquares = Vector256.Sum(squares);
        float scale = sumSquares > 0 ? sumProducts / sumSquares : 0;
        gain = scale * sumProducts;
        return scale;
    }

    /// <summary>Squared error of the values as <c>scale * level + offset</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Error<TLevels>(float* values, float* weights, int count, TLevels levels, float scale, float offset = 0)
        where TLevels : struct, ILevels
    {
        var factor = Vector256.Create(Inverse(scale));
        var step = Vector256.Create(scale);
        var origin = Vector256.Create(offset);
        Vector256<float> sum = default;
        for (int k = 0; k < count; k += 8)
        {
            var value = Vector256.Load(values + k) - origin;
            var difference = value - levels.Nearest(value * factor) * step;
            sum += difference * difference * Vector256.Load(weights + k);
        }
        return Vector256.Sum(sum);
    }

    /// <summary>The codes of the values as <c>scale * code + offset</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Encode<TLevels>(float* values, int count, TLevels levels, float scale, sbyte* codes, float offset = 0)
        where TLevels : struct, ILevels
    {
        var factor = Vector256.Create(Inverse(scale));
        var origin = Vector256.Create(offset);
        for (int k = 0; k < count; k += 16)
        {
            var first = levels.Nearest((Vector256.Load(values + k) - origin) * factor);
            var second = levels.Nearest((Vector256.Load(values + k + 8) - origin) * factor);
            var words = Vector256.Narrow(Vector256.ConvertToInt32Native(first), Vector256.ConvertToInt32Native(second));
            Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(codes + k);
        }
    }

    /// <summary>1 / scale; 0 for scale 0, which gives every value the level of zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Inverse(float scale) => scale == 0 ? 0 : 1 / scale;

    /// <summary>The value of largest magnitude, with its sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Extreme(float* values, int count)
    {
        Vector256<float> low = default, high = default;
        for (int k = 0; k < count; k += 8)
        {
            var value = Vector256.Load(values + k);
            low = Vector256.MinNative(low, value);
            high = Vector256.MaxNative(high, value);
        }
        float lowest = -Largest(-low), highest = Largest(high);
        return -lowest > highest ? lowest : highest;
    }

    /// <summary>The largest of eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> values)
    {
        var four = Vector128.MaxNative(values.GetLower(), values.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(two[0], two[1]);
    }
}
