using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// Byte-level BPE (Radford et al. 2019): a word's UTF-8 bytes are the first symbols, an ordered list of merges joins them.
/// </summary>
internal sealed class ByteLevelBpe : TokenModel
{
    private readonly Vocabulary _vocabulary;
    private readonly int[] _byteTokens = new int[256];
    private readonly bool _wholeWordsFirst;
    private readonly int? _unknown;

    /// <param name="vocabulary">Tokens spelled in <see cref="ByteAlphabet"/>.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="wholeWordsFirst">A word that is a token is taken whole, whatever the merges say (<c>ignore_merges</c>).</param>
    /// <param name="unknown">The token for a byte that the vocabulary lacks; without one such a byte is dropped.</param>
    public ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, bool wholeWordsFirst, int? unknown)
    {
        (_vocabulary, Merges, _wholeWordsFirst, _unknown) = (vocabulary, merges, wholeWordsFirst, unknown);
        for (int b = 0; b < 256; b++) _byteTokens[b] = vocabulary.Find([ByteAlphabet.Of((byte)b)]) ?? unknown ?? -1;
    }

    public MergeTable Merges { get; }

    protected override void EncodeWord(ReadOnlySpan<char> word, List<int> ids)
    {
        byte[]? rented = null;
        int capacity = word.Length * 3;
        Span<byte> bytes = capacity <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.Rent(capacity));
        bytes = bytes[..Encoding.UTF8.GetBytes(word, bytes)];
        if (!_wholeWordsFirst || !TryWhole(bytes, ids)) EncodeBytes(bytes, ids);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private bool TryWhole(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        if (bytes.Length > 256) return false;
        Span<char> spelled = stackalloc char[256];
        for (int i = 0; i < bytes.Length; i++) spelled[i] = ByteAlphabet.Of(bytes[i]);
        if (!_vocabulary.TryFind(spelled[..bytes.Length], out int id)) return false;
        ids.Add(id);
        return true;
    }

    private void EncodeBytes(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        int start = ids.Count, count = 0;
        CollectionsMarshal.SetCount(ids, start + bytes.Length);
        Span<int> symbols = CollectionsMarshal.AsSpan(ids)[start..];
        foreach (byte b in bytes)
        {
            if (_byteTokens[b] >= 0) symbols[count++] = _byteTokens[b];
        }

        count = MergeQueue.Run(symbols[..count], Merges);
        CollectionsMarshal.SetCount(ids, start + count);
    }
}
