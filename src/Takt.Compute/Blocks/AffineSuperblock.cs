using System.Runtime.CompilerServices;

namespace Takt.Compute.Blocks;

/// <summary>
/// Quantises 256 values in groups that share two half scales: <c>value = Scale * Scales[group] * Codes[k] - MinScale * Mins[group]</c>,
/// all integers unsigned.
/// </summary>
internal unsafe struct AffineSuperblock
{
    /// <summary>Values in a superblock.</summary>
    public const int Values = 256;

    private const int MostGroups = 16, Passes = 2;

    /// <summary>Code of each value.</summary>
    public fixed sbyte Codes[Values];

    /// <summary>Sub-scale of each group.</summary>
    public fixed byte Scales[MostGroups];

    /// <summary>Sub-minimum of each group.</summary>
    public fixed byte Mins[MostGroups];

    /// <summary>Scale of the sub-scales, a half.</summary>
    public float Scale;

    /// <summary>Scale of the sub-minimums, a half.</summary>
    public float MinScale;

    /// <summary>Finds codes and scales of small squared error.</summary>
    /// <param name="values">256 finite values.</param>
    /// <param name="group">Values in a group, 16 or 32.</param>
    /// <param name="high">The highest code.</param>
    /// <param name="subHigh">The highest sub-scale and sub-minimum.</param>
    /// <param name="result">The superblock.</param>
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public static void Fit(float* values, int group, int high, int subHigh, out AffineSuperblock result)
    {
        float* bounded = stackalloc float[Values];
        float* weights = stackalloc float[Values];
        values = ScaleFit.Bound(values, Values, bounded);
        Line* ideals = stackalloc Line[MostGroups];
        float scale = 0, min = 0;
        for (int g = 0; g < Values / group; g++)
        {
            ScaleFit.Weigh(values + g * group, group, weights + g * group);
            ideals[g] = AffineFit.Find(values + g * group, weights + g * group, group, high, 0, AffineFit.Shifted);
            scale = MathF.Max(scale, ideals[g].Scale);
            min = MathF.Max(min, -ideals[g].Offset);
        }

        result = default;
        var levels = new IntegerLevels(0, high);
        float bestError = float.PositiveInfinity;
        AffineSuperblock trial = default;
        (trial.Scale, trial.MinScale) = (HalfBits.RoundScale(scale / subHigh), HalfBits.RoundScale(min / subHigh));
        for (int pass = 0; pass < Passes; pass++)
        {
            float error = trial.ChooseScales(values, weights, group, levels, ideals, subHigh);
            if (error >= bestError) return;
            trial.Encode(values, group, levels);
            bestError = error;
            result = trial;
            trial.Refit(values, weights, group);
        }
    }

    /// <summary>Takes for each group the best pair of sub-scale and sub-minimum around its ideal line; returns the squared error.</summary>
    private float ChooseScales(float* values, float* weights, int group, IntegerLevels levels, Line* ideals, int subHigh)
    {
        float sum = 0, inverse = ScaleFit.Inverse(Scale), minInverse = ScaleFit.Inverse(MinScale);
        for (int g = 0; g < Values / group; g++)
        {
            int scale = Math.Min(subHigh, (int)MathF.Round(ideals[g].Scale * inverse));
            int min = Math.Min(subHigh, (int)MathF.Round(-ideals[g].Offset * minInverse));
            float best = float.PositiveInfinity;
            for (int s = Math.Max(0, scale - 1); s <= Math.Min(subHigh, scale + 1); s++)
            {
                for (int m = Math.Max(0, min - 1); m <= Math.Min(subHigh, min + 1); m++)
                {
                    float error = ScaleFit.Error(values + g * group, weights + g * group, group, levels, Scale * s, -(MinScale * m));
                    if (error < best) (best, Scales[g], Mins[g]) = (error, (byte)s, (byte)m);
                }
            }
            sum += best;
        }
        return sum;
    }

    private void Encode(float* values, int group, IntegerLevels levels)
    {
        fixed (sbyte* codes = Codes)
            for (int g = 0; g < Values / group; g++)
                ScaleFit.Encode(values + g * group, group, levels, Scale * Scales[g], codes + g * group, -(MinScale * Mins[g]));
    }

    /// <summary>Sets the two scales to their least-squares optimum for the integers chosen.</summary>
    private void Refit(float* values, float* weights, int group)
    {
        // value = Scale * a - MinScale * b
        double va = 0, vb = 0, aa = 0, ab = 0, bb = 0;
        for (int g = 0; g < Values / group; g++)
        {
            float sumWeights = 0, sumCodes = 0, sumSquares = 0, sumValues = 0, sumProducts = 0;
            for (int k = g * group; k < (g + 1) * group; k++)
            {
                float code = Codes[k], weightedCode = weights[k] * code;
                sumWeights += weights[k];
                sumCodes += weightedCode;
                sumSquares += weightedCode * code;
                sumValues += weights[k] * values[k];
                sumProducts += weightedCode * values[k];
            }
            float scale = Scales[g], min = Mins[g];
            va += scale * sumProducts;
            vb += min * sumValues;
            aa += scale * scale * sumSquares;
            ab += scale * min * sumCodes;
            bb += min * min * sumWeights;
        }
        double determinant = aa * bb - ab * ab;
        if (determinant > 1e-9 * aa * bb)
        {
            Scale = HalfBits.Round((float)Math.Max(0, (va * bb - vb * ab) / determinant));
            MinScale = HalfBits.Round((float)Math.Max(0, (va * ab - vb * aa) / determinant));
        }
        else if (aa > 0)
        {
            Scale = HalfBits.Round((float)Math.Max(0, (va + MinScale * ab) / aa));
        }
    }
}
