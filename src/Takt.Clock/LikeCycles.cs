using System.Numerics;

namespace Takt.Clock;

/// <summary>How long cycles take that have about the same work, and which of them are outliers.</summary>
/// <remarks>
/// After Tukey's fences: a cycle is one when it takes three times the quartiles' distance longer than the median. The distance counts as
/// a 32nd of the median at least, which is about what the buckets of a <see cref="Distribution"/> tell apart.
/// </remarks>
internal sealed class LikeCycles
{
    private const int Enough = 20;
    private const int MostKinds = 128;

    private readonly Dictionary<(int Prefill, int Generation, int Kv), Distribution> _kinds = [];

    /// <summary>The median of like cycles before this one, null where they are too few, and whether this one is an outlier.</summary>
    public (long? Typical, bool IsOutlier) Judge(in CycleWork work, long wallTicks)
    {
        var kind = (Bucket(work.PrefillRows), Bucket(work.GenerationRows), BitOperations.Log2((ulong)work.KvTokens));
        if (!_kinds.TryGetValue(kind, out Distribution? like))
        {
            // What is rare enough to come late would find the place taken by what no longer comes.
            if (_kinds.Count == MostKinds) _kinds.Clear();
            _kinds.Add(kind, like = new Distribution());
        }

        (long?, bool) judged = like.Count < Enough ? (null, false) : Judge(like, wallTicks);
        like.Add(wallTicks);
        return judged;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _kinds.Clear();

    private static (long?, bool) Judge(Distribution like, long wallTicks)
    {
        double median = like.Percentile(0.5);
        double spread = Math.Max(like.Percentile(0.75) - like.Percentile(0.25), median / 32);
        return ((long)median, wallTicks > median + 3 * spread);
    }

    // Exact up to 8, then eight an octave.
    private static int Bucket(int rows)
    {
        if (rows < 8) return rows;
        int octave = BitOperations.Log2((uint)rows);
        return 8 * octave + (rows >> (octave - 3));
    }
}
