using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Engine.Sampling;

/// <summary>Finds the best tokens without sorting the vocabulary.</summary>
/// <remarks>
/// A token is ranked by a 64-bit key: its logit, turned so that larger logits are smaller keys, above its id. Ascending keys are thus
/// descending logits, equal logits come in the order of ids, and no two keys are equal.
/// </remarks>
internal static class Ranking
{
    /// <summary>Keys that a selection may write beyond the number of tokens.</summary>
    public const int Slack = 8;

    /// <summary>The key of a token.</summary>
    public static ulong Key(float logit, int token)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f); // -0 and 0 are equal
        uint descending = (int)bits < 0 ? bits : ~bits & 0x7FFF_FFFF;
        return (ulong)descending << 32 | (uint)token;
    }

    /// <summary>The logit in a key.</summary>
    public static float Logit(ulong key)
    {
        uint descending = (uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((int)descending < 0 ? descending : ~descending & 0x7FFF_FFFF);
    }

    /// <summary>The token in a key.</summary>
    public static int Token(ulong key) => (int)(uint)key;

    /// <summary>Writes the keys of all logits above a threshold, in the order of ids.</summary>
    /// <returns>How many.</returns>
    public static int Above(ReadOnlySpan<float> logits, float threshold, Span<ulong> keys)
    {
        int count = 0;
        for (int i = 0; i < logits.Length; i += 8) Append(logits, i, threshold, keys, ref count);
        return count;
    }

    /// <summary>Writes the keys of the k largest logits, best first. Negative infinity is never among them.</summary>
    /// <param name="logits">One a token.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="keys">Room for all tokens and <see cref="Slack"/>.</param>
    /// <returns>How many.</returns>
    public static int Top(ReadOnlySpan<float> logits, int k, Span<ulong> keys)
    {
        // Twice k are gathered before the worse half is dropped and the bar raised, so the sorts stay few and small.
        long room = Math.Min(keys.Length, k + (long)Math.Max(k, 256));
        float threshold = float.NegativeInfinity;
        int count = 0;
        for (int i = 0; i < logits.Length; i += 8)
        {
            Append(logits, i, threshold, keys, ref count);
            if (count <= room - 8) continue;
            keys[..count].Sort();
            count = Math.Min(count, k);
            if (count == k) threshold = Logit(keys[k - 1]);
        }

        keys[..count].Sort();
        return Math.Min(count, k);
    }

    /// <summary>
    /// Moves the keys of the smallest prefix (in ascending order) whose weights reach a mass to the front; all keys where they do not.
    /// </summary>
    /// <remarks>Quickselect (Hoare, 1961) with Lomuto's partition on the running mass: linear time, and only the last few keys are sorted.</remarks>
    /// <param name="keys">Distinct keys in any order.</param>
    /// <param name="weights">By token.</param>
    /// <param name="mass">What the weights of the prefix must sum to.</param>
    /// <returns>Length of the prefix, at least 1.</returns>
    public static int Prefix(Span<ulong> keys, ReadOnlySpan<float> weights, double mass)
    {
        int low = 0, high = keys.Length;
        double below = 0; // mass of keys[..low]
        while (high - low > 32)
        {
            int middle = low + Partition(keys[low..high], weights, out double left);
            if (below + left >= mass)
            {
                high = middle;
            }
            else
            {
                below += left;
                low = middle;
            }
        }

        keys[low..high].Sort();
        while (low < high && (low == 0 || below < mass)) below += weights[Token(keys[low++])];
        return low;
    }

    /// <summary>The sum of the keys' weights.</summary>
    public static double Sum(ReadOnlySpan<ulong> keys, ReadOnlySpan<float> weights)
    {
        double sum = 0;
        foreach (ulong key in keys) sum += weights[Token(key)];
        return sum;
    }

    /// <summary>Splits three or more distinct keys into smaller and larger ones; neither side is empty.</summary>
    /// <returns>Where the larger ones begin.</returns>
    // Every key is swapped and the border moves or not: no branch depends on data.
    private static int Partition(Span<ulong> keys, ReadOnlySpan<float> weights, out double mass)
    {
        ulong pivot = MedianOfThree(keys[0], keys[keys.Length / 2], keys[^1]);
        int border = 0;
        mass = 0;
        foreach (ref ulong place in keys)
        {
            ulong key = place;
            place = keys[border];
            keys[border] = key;
            bool smaller = key < pivot;
            border += smaller ? 1 : 0;
            mass += smaller ? weights[Token(key)] : 0;
        }

        return border;
    }

    private static ulong MedianOfThree(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Append(ReadOnlySpan<float> logits, int i, float threshold, Span<ulong> keys, ref int count)
    {
        Vector256<float> above = Vector256.GreaterThan(LogitScan.Load(logits, i), Vector256.Create(threshold));
        for (uint lanes = above.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
        {
            int token = i + BitOperations.TrailingZeroCount(lanes);
            keys[count++] = Key(logits[token], token);
        }
    }
}
