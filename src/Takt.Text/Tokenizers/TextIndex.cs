using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Takt.Text.Tokenizers;

/// <summary>
/// Finds a token's id by its text: open addressing over ids, with the hash beside. Loading a vocabulary is most of a program's way to
/// its first token, so the two loops are compiled at full speed from the start.
/// </summary>
internal sealed class TextIndex
{
    // Chosen per process, so that a hostile file cannot line its texts up in one place.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();
    private readonly string[] _texts;
    private readonly Slot[] _slots;

    private struct Slot
    {
        public uint Hash;

        /// <summary>The id plus one; 0 marks a free slot.</summary>
        public int Next;
    }

    /// <summary>Indexes texts by position; of equal texts the later one counts.</summary>
    public TextIndex(string[] texts)
    {
        _texts = texts;
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)texts.Length * 2 + 8)];
        for (int id = 0; id < texts.Length; id++) Add(texts[id], id);
    }

    /// <summary>The id of a text, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(ReadOnlySpan<char> text) => Place(text, Hash(text)).Next - 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ReadOnlySpan<char> text, int id)
    {
        uint hash = Hash(text);
        Place(text, hash) = new Slot { Hash = hash, Next = id + 1 };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Place(ReadOnlySpan<char> text, uint hash)
    {
        Slot[] slots = _slots;
        for (int i = (int)hash; ; i++)
        {
            ref Slot slot = ref slots[i & (slots.Length - 1)];
            if (slot.Next == 0 || (slot.Hash == hash && text.SequenceEqual(_texts[slot.Next - 1]))) return ref slot;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<char> text)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text);
        ulong hash = Seed ^ (ulong)text.Length * Multiplier;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * Multiplier;
            hash ^= hash >> 29;
        }

        ulong tail = 0;
        foreach (byte b in bytes) tail = tail << 8 | b;
        hash = (hash ^ tail) * Multiplier;
        return (uint)(hash >> 32 ^ hash);
    }
}
