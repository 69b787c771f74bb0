using System.Numerics;

namespace Takt.Clock;

/// <summary>How long the last cycles with about the same work took, and which cycles are outliers among their like.</summary>
/// <remarks>
/// After Tukey's fences: a cycle is one when it takes three times the quartiles' distance longer than the median. The distance counts as
/// a 32nd of the median at least, because even undisturbed cycles of a kind are not of one length: their KV grows.
/// </remarks>
internal sealed class LikeCycles
{
    private const int Kinds = 256;
    private const int Remembered = 32;
    private const int Enough = 16;

    // Kinds whose place is the same drive each other out, so that nothing is allocated when a new one comes.
    private readonly (int Prefill, int Generation, int Kv)[] _kinds = new (int, int, int)[Kinds];
    private readonly int[] _counts = new int[Kinds];
    private readonly long[] _walls = new long[Kinds * Remembered];

    /// <summary>The median of like cycles before this one, null where they are too few, and whether this one is an outlier.</summary>
    public (long? Typical, bool IsOutlier) Judge(in CycleWork work, long wallTicks)
    {
        var kind = (Bucket(work.PrefillRows), Bucket(work.GenerationRows), BitOperations.Log2((ulong)work.KvTokens));
        int place = (31 * (31 * kind.Item1 + kind.Item2) + kind.Item3) % Kinds;
        if (_kinds[place] != kind) (_kinds[place], _counts[place]) = (kind, 0);
        Span<long> walls = _walls.AsSpan(place * Remembered, Remembered);
        int count = _counts[place]++;
        (long?, bool) judged = count < Enough ? (null, false) : Judge(walls[..Math.Min(count, Remembered)], wallTicks);
        walls[count % Remembered] = wallTicks;
        return judged;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => Array.Clear(_counts);

    private static (long?, bool) Judge(ReadOnlySpan<long> walls, long wallTicks)
    {
        Span<long> sorted = stackalloc long[Remembered];
        sorted = sorted[..walls.Length];
        walls.CopyTo(sorted);
        sorted.Sort();
        long median = sorted[sorted.Length / 2];
        long spread = Math.Max(sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4], median / 32);
        return (median, wallTicks > median + 3 * spread);
    }

    // Exact up to 8, then eight an octave.
    private static int Bucket(int rows)
    {
        if (rows < 8) return rows;
        int octave = BitOperations.Log2((uint)rows);
        return 8 * octave + (rows >> (octave - 3));
    }
}
