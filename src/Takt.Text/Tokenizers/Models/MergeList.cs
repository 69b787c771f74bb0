using System.Runtime.CompilerServices;

namespace Takt.Text.Tokenizers.Models;

/// <summary>Builds a <see cref="MergeTable"/> from the pairs of texts that tokenizer files list.</summary>
internal sealed class MergeList(Vocabulary vocabulary, int count, string continuingPrefix, bool laterCounts)
{
    private readonly MergeTable _table = new(count);
    private readonly char[] _joined = new char[1024];
    private int _rank;
    private int _next;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (!vocabulary.TryFind(left, out int leftId) || !vocabulary.TryFind(right, out int rightId))
            throw Error($"the vocabulary lacks a part of '{left} {right}'");
        ReadOnlySpan<char> tail = right.StartsWith(continuingPrefix) ? right[continuingPrefix.Length..] : right;
        int length = left.Length + tail.Length;
        if (length > 1024) throw Error($"its result has {length} characters, over the limit of 1024");
        Span<char> joined = _joined;
        left.CopyTo(joined);
        tail.CopyTo(joined[left.Length..]);
        int merged = Result(joined[..length]);
        _table.Add(leftId, rightId, _rank++, merged, laterCounts);
        _next = merged + 1;
    }

    /// <summary>The token of a merge's result; nearly always it is the one after the previous merge's.</summary>
    private int Result(ReadOnlySpan<char> text)
    {
        if (_next < vocabulary.Count && text.SequenceEqual(vocabulary[_next])) return _next;
        return vocabulary.TryFind(text, out int id) ? id : throw Error($"the vocabulary lacks its result '{text}'");
    }

    private InvalidDataException Error(string what) => new($"BPE merge {_rank}: {what}.");
}
