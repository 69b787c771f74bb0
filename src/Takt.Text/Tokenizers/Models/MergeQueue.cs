using System.Buffers;

namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// Merges a word's symbols in order of rank, leftmost first among equals: by scanning while it is short, with a heap over a linked list
/// (O(n log n)) when it is long.
/// </summary>
internal static class MergeQueue
{
    private const int ScanLimit = 48;

    /// <summary>Merges in place and returns the number of symbols left at the front.</summary>
    public static int Run(Span<int> symbols, Merges merges) =>
        symbols.Length <= ScanLimit ? Scan(symbols, merges) : Heap(symbols, merges);

    private static int Scan(Span<int> symbols, Merges merges)
    {
        int n = symbols.Length;
        Span<int> ranks = stackalloc int[ScanLimit], results = stackalloc int[ScanLimit];
        for (int i = 0; i + 1 < n; i++) Look(symbols, ranks, results, i, merges);
        while (n > 1)
        {
            int best = 0;
            for (int i = 1; i < n - 1; i++)
            {
                if (ranks[i] < ranks[best] || (ranks[i] == ranks[best] && results[best] < 0)) best = i;
            }

            if (results[best] < 0) break;
            symbols[best] = results[best];
            symbols[(best + 2)..n].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 1)..(n - 1)].CopyTo(ranks[best..]);
            results[(best + 1)..(n - 1)].CopyTo(results[best..]);
            n--;
            if (best > 0) Look(symbols, ranks, results, best - 1, merges);
            if (best < n - 1) Look(symbols, ranks, results, best, merges);
        }

        return n;
    }

    private static void Look(Span<int> symbols, Span<int> ranks, Span<int> results, int i, Merges merges)
    {
        if (merges.TryFind(symbols[i], symbols[i + 1], out ranks[i], out results[i])) return;
        (ranks[i], results[i]) = (int.MaxValue, -1);
    }

    /// <summary>A merge that may happen: at a place, of two symbols, unless one of them is gone by then.</summary>
    private readonly record struct Candidate(int Left, int Right, int Merged);

    private static int Heap(Span<int> symbols, Merges merges)
    {
        int n = symbols.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(2 * n);
        Span<int> next = rented.AsSpan(0, n), previous = rented.AsSpan(n, n);
        var queue = new PriorityQueue<Candidate, long>(n);
        for (int i = 0; i < n; i++) (next[i], previous[i]) = (i + 1, i - 1);
        for (int i = 0; i + 1 < n; i++) Offer(symbols, i, i + 1, merges, queue);
        while (queue.TryDequeue(out Candidate candidate, out long key))
        {
            int at = (int)(uint)key, right = next[at];
            if (symbols[at] != candidate.Left || right >= n || symbols[right] != candidate.Right) continue;
            symbols[at] = candidate.Merged;
            symbols[right] = int.MinValue;
            next[at] = next[right];
            if (next[at] < n) previous[next[at]] = at;
            if (previous[at] >= 0) Offer(symbols, previous[at], at, merges, queue);
            if (next[at] < n) Offer(symbols, at, next[at], merges, queue);
        }

        int count = 0;
        for (int i = 0; i < n; i = next[i]) symbols[count++] = symbols[i];
        ArrayPool<int>.Shared.Return(rented);
        return count;
    }

    private static void Offer(Span<int> symbols, int left, int right, Merges merges, PriorityQueue<Candidate, long> queue)
    {
        if (merges.TryFind(symbols[left], symbols[right], out int rank, out int merged))
            queue.Enqueue(new Candidate(symbols[left], symbols[right], merged), (long)rank << 32 | (uint)left);
    }
}
