using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>The line <c>value = Scale * code + Offset</c> through the codes 0, 1, 2, ...</summary>
internal readonly record struct Line(float Scale, float Offset);

/// <summary>Least-squares search of a scale and an offset. Counts are multiples of 16.</summary>
internal static unsafe class AffineFit
{
    // How many code steps wider than the highest code the range of the values is taken; negative ones clip its ends.
    private static ReadOnlySpan<float> Stretches => [-2, -1.5f, -1, -0.5f, 0, 0.5f, 1, 1.5f, 2];

    /// <summary>Trying the line where the lowest value is code 0, for speed.</summary>
    private static ReadOnlySpan<float> Unshifted => [0];

    /// <summary>Trying lines half a code above and below too, for quality.</summary>
    public static ReadOnlySpan<float> Shifted => [0, -0.5f, 0.5f];

    /// <summary>Finds the codes of a block of 32 finite values; returns their line, two halves.</summary>
    [SkipLocalsInit]
    public static Line Fit(float* values, int high, sbyte* codes)
    {
        float* bounded = stackalloc float[32];
        float* weights = stackalloc float[32];
        values = ScaleFit.Bound(values, 32, bounded);
        ScaleFit.Weigh(values, 32, weights);
        var (scale, offset) = Find(values, weights, 32, high, float.PositiveInfinity, Unshifted);
        var line = new Line(HalfBits.RoundScale(scale), HalfBits.Round(offset));
        ScaleFit.Encode(values, 32, new IntegerLevels(0, high), line.Scale, codes, line.Offset);
        return line;
    }

    /// <summary>
    /// The line with the least squared error found; each of some dozens of candidates is improved by the closed-form optimum for its
    /// codes. The scale is not negative.
    /// </summary>
    /// <param name="values">Finite values.</param>
    /// <param name="weights">How much each squared error counts.</param>
    /// <param name="count">How many.</param>
    /// <param name="high">The highest code.</param>
    /// <param name="highestOffset">Bound of the offset: 0 or infinity.</param>
    /// <param name="shifts">Shifts of the codes to try.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Line Find(float* values, float* weights, int count, int high, float highestOffset, ReadOnlySpan<float> shifts)
    {
        var (low, top) = Range(values, count);
        low = MathF.Min(low, highestOffset);
        float range = top - low;
        if (range < ScaleFit.Smallest) return new Line(0, low);

        var (w, v) = Sums(values, weights, count, low);
        var group = new Group(values, weights, count, low, w, v, highestOffset - low, new IntegerLevels(0, high));
        float bestGain = float.NegativeInfinity;
        Line best = default;
        foreach (float stretch in Stretches)
            foreach (float shift in shifts)
                group.Try((high + stretch) / range, shift, ref best, ref bestGain);
        if (best.Scale > 0) group.Try(1 / best.Scale, -best.Offset / best.Scale, ref best, ref bestGain);
        return best with { Offset = low + best.Offset };
    }

    /// <summary>
    /// Values of one group, with the sums of their weights and weighted values; lines are taken relative to
    /// <paramref name="origin"/>, so that nothing cancels.
    /// </summary>
    private readonly ref struct Group(
        float* values, float* weights, int count, float origin, float w, float v, float room, IntegerLevels levels)
    {
        /// <summary>Encodes with <c>code = (value - origin) * inverse + shift</c>; keeps the best line for these codes if better.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Try(float inverse, float shift, ref Line best, ref float bestGain)
        {
            Vector256<float> sumQ = default, sumVQ = default, sumQQ = default;
            for (int k = 0; k < count; k += 8)
            {
                var value = Vector256.Load(values + k) - Vector256.Create(origin);
                var code = levels.Nearest(value * Vector256.Create(inverse) + Vector256.Create(shift));
                var weightedCode = Vector256.Load(weights + k) * code;
                sumQ += weightedCode;
                sumVQ += weightedCode * value;
                sumQQ += weightedCode * code;
            }
            float q = Vector256.Sum(sumQ), vq = Vector256.Sum(sumVQ), qq = Vector256.Sum(sumQQ);
            float determinant = w * qq - q * q;
            float scale = determinant > 1e-6f * w * qq ? (w * vq - v * q) / determinant : 0;
            float offset = (v - scale * q) / w;
            if (offset > room)
            {
                offset = room;
                scale = qq > 0 ? (vq - offset * q) / qq : 0;
            }
            // What the line takes off the sum of squares.
            float gain = scale * (2 * vq - scale * qq) + offset * (2 * (v - scale * q) - offset * w);
            if (gain > bestGain && scale >= 0) (bestGain, best) = (gain, new Line(scale, offset));
        }
    }

    /// <summary>The sums of the weights and of the weighted values, these relative to <paramref name="origin"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Weights, float Values) Sums(float* values, float* weights, int count, float origin)
    {
        Vector256<float> sumW = default, sumV = default;
        for (int k = 0; k < count; k += 8)
        {
            var weight = Vector256.Load(weights + k);
            sumW += weight;
            sumV += weight * (Vector256.Load(values + k) - Vector256.Create(origin));
        }
        return (Vector256.Sum(sumW), Vector256.Sum(sumV));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Low, float High) Range(float* values, int count)
    {
        var low = Vector256.Load(values);
        var high = low;
        for (int k = 8; k < count; k += 8)
        {
            var value = Vector256.Load(values + k);
            low = Vector256.MinNative(low, value);
            high = Vector256.MaxNative(high, value);
        }
        return (-ScaleFit.Largest(-low), ScaleFit.Largest(high));
    }
}
