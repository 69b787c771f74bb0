using System.Numerics;
using System.Runtime.CompilerServices;

namespace Takt.Text.Tokenizers.Models;

/// <summary>An explicit list of merges: an open-addressing table from pairs of ids to rank and result.</summary>
internal sealed class MergeTable : Merges
{
    // A multiplier chosen per process keeps a hostile file from lining its pairs up in one place.
    private static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() << 1 | 1;
    private readonly Entry[] _entries;
    private readonly ulong[] _filter;
    private readonly int _shift;
    private readonly int _filterShift;

    private struct Entry
    {
        public ulong Key;
        public int Rank;
        public int Merged;
    }

    public MergeTable(int count)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 8) * 3 / 2);
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2((uint)size);
        // Four bits an entry: small enough for a near cache, where most pairs that do not merge end.
        _filter = new ulong[Math.Max(size / 16, 1)];
        _filterShift = 64 - BitOperations.Log2((uint)_filter.Length * 64);
    }

    /// <summary>Adds a merge; of two for the same pair the later counts if <paramref name="replace"/>, else the earlier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int left, int right, int rank, int merged, bool replace)
    {
        ulong key = Key(left, right);
        ref Entry entry = ref Place(key);
        if (entry.Key == key && !replace) return;
        entry = new Entry { Key = key, Rank = rank, Merged = merged };
        ulong bit = key * Multiplier >> _filterShift;
        _filter[bit >> 6] |= 1ul << (int)(bit & 63);
    }

    public override bool TryFind(int left, int right, out int rank, out int merged)
    {
        ulong key = Key(left, right), bit = key * Multiplier >> _filterShift;
        (rank, merged) = (0, -1);
        if ((_filter[bit >> 6] >> (int)(bit & 63) & 1) == 0) return false;
        ref Entry entry = ref Place(key);
        (rank, merged) = (entry.Rank, entry.Merged);
        return entry.Key == key;
    }

    /// <summary>Every merge as (left, right, result), by rank.</summary>
    public IEnumerable<(int Left, int Right, int Merged)> InOrder() =>
        _entries.Where(e => e.Key != 0).OrderBy(e => e.Rank).Select(e => ((int)(e.Key >> 32) - 1, (int)(uint)e.Key, e.Merged));

    // The left id is stored plus one, so that no key is zero; a negative id makes a key that is never added.
    private static ulong Key(int left, int right) => (ulong)(uint)(left + 1) << 32 | (uint)right;

    private ref Entry Place(ulong key)
    {
        Entry[] entries = _entries;
        int i = (int)(key * Multiplier >> _shift);
        while (entries[i].Key != key && entries[i].Key != 0) i = (i + 1) & (entries.Length - 1);
        return ref entries[i];
    }
}
