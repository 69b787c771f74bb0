using System.Runtime.CompilerServices;

namespace Takt.Compute.Blocks;

/// <summary>
/// Quantises 256 values in groups that share one half scale: <c>value = Scale * Scales[group] * Codes[k]</c>, with signed integer
/// sub-scales.
/// </summary>
internal unsafe struct ScaledSuperblock
{
    /// <summary>Values in a superblock.</summary>
    public const int Values = 256;

    private const int MostGroups = 16, Passes = 2;

    /// <summary>Level of each value.</summary>
    public fixed sbyte Codes[Values];

    /// <summary>Sub-scale of each group.</summary>
    public fixed sbyte Scales[MostGroups];

    /// <summary>Scale of the whole, a half.</summary>
    public float Scale;

    /// <summary>Finds codes and scales of small squared error.</summary>
    /// <param name="values">256 finite values.</param>
    /// <param name="group">Values in a group, 16 or 32.</param>
    /// <param name="levels">What a code can be.</param>
    /// <param name="reaches">As in <see cref="ScaleFit.Find"/>.</param>
    /// <param name="lowest">The lowest sub-scale; the highest is <c>-lowest - 1</c>.</param>
    /// <param name="result">The superblock.</param>
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public static void Fit<TLevels>(
        float* values, int group, TLevels levels, ReadOnlySpan<float> reaches, int lowest, out ScaledSuperblock result)
        where TLevels : struct, ILevels
    {
        float* bounded = stackalloc float[Values];
        float* weights = stackalloc float[Values];
        values = ScaleFit.Bound(values, Values, bounded);
        float* ideals = stackalloc float[MostGroups];
        float extreme = 0;
        for (int g = 0; g < Values / group; g++)
        {
            ScaleFit.Weigh(values + g * group, group, weights + g * group);
            ideals[g] = ScaleFit.Find(values + g * group, weights + g * group, group, levels, reaches);
            if (MathF.Abs(ideals[g]) > MathF.Abs(extreme)) extreme = ideals[g];
        }

        result = default;
        float bestError = float.PositiveInfinity;
        ScaledSuperblock trial = default;
        trial.Scale = HalfBits.RoundScale(extreme / lowest);
        for (int pass = 0; pass < Passes; pass++)
        {
            float error = trial.ChooseScales(values, weights, group, levels, ideals, lowest);
            if (error >= bestError) return;
            trial.Encode(values, group, levels);
            bestError = error;
            result = trial;
            trial.Refit(values, weights, group);
        }
    }

    /// <summary>Takes for each group the best of the sub-scales around its ideal scale; returns the squared error.</summary>
    private float ChooseScales<TLevels>(float* values, float* weights, int group, TLevels levels, float* ideals, int lowest)
        where TLevels : struct, ILevels
    {
        float sum = 0, inverse = ScaleFit.Inverse(Scale);
        for (int g = 0; g < Values / group; g++)
        {
            int nearest = Math.Clamp((int)MathF.Round(ideals[g] * inverse), lowest, -lowest - 1);
            float best = float.PositiveInfinity;
            for (int sub = Math.Max(lowest, nearest - 1); sub <= Math.Min(-lowest - 1, nearest + 1); sub++)
            {
                float error = ScaleFit.Error(values + g * group, weights + g * group, group, levels, Scale * sub);
                if (error < best) (best, Scales[g]) = (error, (sbyte)sub);
            }
            sum += best;
        }
        return sum;
    }

    private void Encode<TLevels>(float* values, int group, TLevels levels) where TLevels : struct, ILevels
    {
        fixed (sbyte* codes = Codes)
            for (int g = 0; g < Values / group; g++)
                ScaleFit.Encode(values + g * group, group, levels, Scale * Scales[g], codes + g * group);
    }

    /// <summary>Sets the scale to its least-squares optimum for the integers chosen.</summary>
    private void Refit(float* values, float* weights, int group)
    {
        float products = 0, squares = 0;
        for (int k = 0; k < Values; k++)
        {
            float level = Scales[k / group] * Codes[k];
            products += weights[k] * values[k] * level;
            squares += weights[k] * level * level;
        }
        Scale = squares > 0 ? HalfBits.Round(products / squares) : 0;
    }
}
