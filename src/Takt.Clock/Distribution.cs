using System.Numerics;

namespace Takt.Clock;

/// <summary>
/// Count, mean, deviation and percentiles of non-negative integers (ticks) in fixed memory, without keeping samples.
/// </summary>
/// <remarks>
/// A log-linear histogram in the manner of HdrHistogram (Tene): 16 buckets an octave, so a percentile is within 3.2 % of the value
/// at that rank. Values below 16 are exact; values from 2^40 on share the last bucket.
/// </remarks>
public sealed class Distribution
{
    private const int PerOctaveBits = 4;
    private const int PerOctave = 1 << PerOctaveBits;
    private const int Octaves = 40;

    private readonly long[] _buckets = new long[(Octaves - PerOctaveBits + 1) * PerOctave];
    private double _squares;

    /// <summary>Values added.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the values.</summary>
    public long Sum { get; private set; }

    /// <summary>The largest value; 0 when there is none.</summary>
    public long Max { get; private set; }

    /// <summary>The smallest value; 0 when there is none.</summary>
    public long Min { get; private set; }

    /// <summary>The arithmetic mean; 0 when there is no value.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>Standard deviation of the values (population); 0 when there are fewer than two.</summary>
    public double StandardDeviation =>
        Count < 2 ? 0 : Math.Sqrt(Math.Max(0, _squares / Count - Mean * Mean));

    /// <summary>Adds a value; a negative one counts as 0.</summary>
    public void Add(long value)
    {
        value = Math.Max(0, value);
        Min = Count == 0 ? value : Math.Min(Min, value);
        Max = Math.Max(Max, value);
        Count++;
        Sum += value;
        _squares += (double)value * value;
        _buckets[Bucket(value)]++;
    }

    /// <summary>Adds all values of another distribution.</summary>
    public void Add(Distribution other)
    {
        if (other.Count == 0) return;
        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        Count += other.Count;
        Sum += other.Sum;
        _squares += other._squares;
        for (int i = 0; i < _buckets.Length; i++) _buckets[i] += other._buckets[i];
    }

    /// <summary>The value that a share of all values does not exceed (nearest rank); 0 when there is none.</summary>
    /// <param name="share">0 to 1: 0.5 is the median.</param>
    public double Percentile(double share)
    {
        if (!(share >= 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "a percentile's share must be 0 to 1");
        if (Count == 0) return 0;
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        if (rank >= Count) return Max;
        int bucket = 0;
        for (long seen = _buckets[0]; seen < rank; seen += _buckets[bucket]) bucket++;
        return Math.Clamp(Middle(bucket), Min, Max);
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        Count = Sum = Max = Min = 0;
        _squares = 0;
        Array.Clear(_buckets);
    }

    /// <summary>An independent copy.</summary>
    public Distribution Clone()
    {
        var copy = new Distribution();
        copy.Add(this);
        return copy;
    }

    private static int Bucket(long value)
    {
        if (value < PerOctave) return (int)value;
        int octave = BitOperations.Log2((ulong)value);
        if (octave >= Octaves) return (Octaves - PerOctaveBits + 1) * PerOctave - 1;
        int shift = octave - PerOctaveBits;
        return (shift + 1) * PerOctave + (int)((value >> shift) & (PerOctave - 1));
    }

    private static double Middle(int bucket)
    {
        if (bucket < PerOctave) return bucket;
        int shift = bucket / PerOctave - 1;
        long low = (long)(PerOctave + bucket % PerOctave) << shift;
        return low + ((1L << shift) - 1) / 2.0;
    }
}
