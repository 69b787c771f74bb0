using System.Runtime.InteropServices;

namespace Takt.Text.Tokenizers.Models;

/// <summary>Turns a word into token ids: BPE, Unigram or WordPiece.</summary>
internal abstract class TokenModel
{
    private readonly WordCache _cache = new();

    /// <summary>Appends the ids of <paramref name="word"/>, which is not empty and well-formed UTF-16.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > WordCache.MaxLength)
        {
            EncodeLong(word, ids);
            return;
        }

        int hash = string.GetHashCode(word);
        if (_cache.TryAppend(word, hash, ids)) return;
        int start = ids.Count;
        EncodeWord(word, ids);
        _cache.Add(word, hash, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    /// <summary>Encodes what is too long to remember; a model that can take it apart does.</summary>
    protected virtual void EncodeLong(ReadOnlySpan<char> word, List<int> ids) => EncodeWord(word, ids);

    protected abstract void EncodeWord(ReadOnlySpan<char> word, List<int> ids);
}
