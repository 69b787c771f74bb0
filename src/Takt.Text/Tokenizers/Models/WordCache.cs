namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// Remembers the ids of short words. A fixed number of places, each holding the last word that fell on it; entries are immutable and
/// replaced by one reference write, so threads share it without locks.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words seldom come again.</summary>
    public const int MaxLength = 24;
    private const int Places = 1 << 15;
    private readonly Entry?[] _entries = new Entry?[Places];

    private sealed record Entry(int Hash, string Word, int[] Ids);

    /// <summary>Appends the ids of a remembered word.</summary>
    public bool TryAppend(ReadOnlySpan<char> word, int hash, List<int> ids)
    {
        Entry? entry = _entries[hash & (Places - 1)];
        if (entry is null || entry.Hash != hash || !word.SequenceEqual(entry.Word)) return false;
        if (entry.Ids.Length == 1) ids.Add(entry.Ids[0]);
        else ids.AddRange(entry.Ids.AsSpan());
        return true;
    }

    public void Add(ReadOnlySpan<char> word, int hash, ReadOnlySpan<int> ids) =>
        _entries[hash & (Places - 1)] = new Entry(hash, word.ToString(), ids.ToArray());
}
