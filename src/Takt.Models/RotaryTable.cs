using Takt.Compute.Memory;

namespace Takt.Models;

/// <summary>Angles of one kind of rotation (Su et al., 2021), with linear, YaRN (Peng et al., 2023) and per-frequency scaling.</summary>
internal sealed class RotaryTable
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;

    /// <summary>Prepares the frequencies.</summary>
    /// <param name="config">The rotation.</param>
    /// <param name="size">Rotated values of a head.</param>
    /// <param name="factors">Divisors of the frequencies, size / 2 of them, or empty for ones.</param>
    public RotaryTable(RopeConfig config, int size, ReadOnlySpan<float> factors)
    {
        _frequencies = new double[size / 2];
        _magnitude = config.AttentionFactor;
        if (config.YarnExtension != 0) _magnitude *= 1 + 0.1 * Math.Log(1 / config.FrequencyScale);
        (double low, double high) = YarnRange(config, size);
        for (int i = 0; i < _frequencies.Length; i++)
        {
            double unscaled = Math.Pow(config.Base, -2.0 * i / size) / (factors.IsEmpty ? 1 : factors[i]);
            // YaRN keeps the fast dimensions as they are and scales the slow ones.
            double keep = config.YarnExtension * (1 - Math.Clamp((i - low) / Math.Max(0.001, high - low), 0, 1));
            _frequencies[i] = unscaled * (keep + config.FrequencyScale * (1 - keep));
        }
    }

    /// <summary>Values in a row of angles: cosines and sines, each padded to whole registers.</summary>
    public int Width => 2 * Rows.Pad(_frequencies.Length);

    /// <summary>Fills a row with the cosines and sines of a position.</summary>
    public void Fill(int position, Span<float> row)
    {
        int half = row.Length / 2;
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (double sin, double cos) = Math.SinCos(position * _frequencies[i]);
            row[i] = (float)(cos * _magnitude);
            row[half + i] = (float)(sin * _magnitude);
        }
    }

    private static (double Low, double High) YarnRange(RopeConfig config, int size)
    {
        if (config.YarnExtension == 0) return (0, 0);
        double Dimension(double rotations) =>
            size * Math.Log(config.OriginalContext / (rotations * 2 * Math.PI)) / (2 * Math.Log(config.Base));
        double low = Dimension(config.BetaFast), high = Dimension(config.BetaSlow);
        if (config.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        return (Math.Max(0, low), Math.Min(size - 1, high));
    }
}
