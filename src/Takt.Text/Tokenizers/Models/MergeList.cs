namespace Takt.Text.Tokenizers.Models;

/// <summary>Builds a <see cref="MergeTable"/> from the pairs of texts that tokenizer files list.</summary>
internal sealed class MergeList(Vocabulary vocabulary, int count, string continuingPrefix, bool laterCounts)
{
    private readonly MergeTable _table = new(count);
    private int _rank;

    public MergeTable Table => _table;

    /// <summary>Adds the next merge, written as two texts with a space between them.</summary>
    public void Add(ReadOnlySpan<char> pair)
    {
        // A space inside a token is spelled otherwise, but a token may begin with one in old files.
        int space = pair.Length > 1 ? pair[1..].IndexOf(' ') + 1 : 0;
        if (space <= 0 || space + 1 >= pair.Length) throw Error($"'{pair}' is not two texts with a space between them");
        Add(pair[..space], pair[(space + 1)..]);
    }

    /// <summary>Adds the next merge.</summary>
    /// <exception cref="InvalidDataException">The vocabulary lacks a part or the result.</exception>
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (!vocabulary.TryFind(left, out int leftId) || !vocabulary.TryFind(right, out int rightId))
            throw Error($"the vocabulary lacks a part of '{left} {right}'");
        ReadOnlySpan<char> tail = right.StartsWith(continuingPrefix) ? right[continuingPrefix.Length..] : right;
        int length = left.Length + tail.Length;
        if (length > 1024) throw Error($"its result has {length} characters, over the limit of 1024");
        Span<char> joined = stackalloc char[1024];
        left.CopyTo(joined);
        tail.CopyTo(joined[left.Length..]);
        if (!vocabulary.TryFind(joined[..length], out int merged)) throw Error($"the vocabulary lacks its result '{joined[..length]}'");
        _table.Add(leftId, rightId, _rank++, merged, laterCounts);
    }

    private InvalidDataException Error(string what) => new($"BPE merge {_rank}: {what}.");
}
