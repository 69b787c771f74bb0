using System.Buffers.Binary;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's precompiled rewriting rules: a double-array trie (Darts-clone units of 32 bits) over UTF-8, then the replacements,
/// each ended by a zero byte.
/// </summary>
internal sealed class Charsmap
{
    private readonly uint[] _units;
    private readonly int _replacements;
    private readonly byte[] _data;

    /// <exception cref="InvalidDataException">The sizes do not fit the data.</exception>
    public Charsmap(ReadOnlySpan<byte> data)
    {
        uint size = data.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(data) : uint.MaxValue;
        if (size > data.Length - 4 || size % 4 != 0 || size == 0)
            throw new InvalidDataException($"The precompiled charsmap is damaged: {data.Length} bytes cannot hold a trie of {size}.");
        _data = data.ToArray();
        _units = new uint[size / 4];
        for (int i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(data[(4 + 4 * i)..]);
        _replacements = 4 + (int)size;
    }

    /// <summary>The rules as they were given.</summary>
    public byte[] ToBytes() => _data;

    /// <summary>Finds a rule for the start of <paramref name="text"/>.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="shortest">Takes the first rule met, not the longest.</param>
    /// <param name="length">How many bytes the rule covers; 0 if there is none.</param>
    /// <returns>What to put in their place.</returns>
    public ReadOnlySpan<byte> Match(ReadOnlySpan<byte> text, bool shortest, out int length)
    {
        length = 0;
        uint replacement = 0, node = Offset(_units[0]);
        for (int i = 0; i < text.Length && text[i] != 0; i++)
        {
            node ^= text[i];
            if (node >= (uint)_units.Length) break;
            uint unit = _units[node];
            // A node's label and the flag that marks a value, in one comparison.
            if ((unit & 0x8000_00FF) != text[i]) break;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) == 0) continue;
            if (node >= (uint)_units.Length) break;
            (replacement, length) = (_units[node] & 0x7FFF_FFFF, i + 1);
            if (shortest) break;
        }

        return length == 0 ? [] : Replacement(replacement);
    }

    private ReadOnlySpan<byte> Replacement(uint offset)
    {
        if (offset >= (uint)(_data.Length - _replacements)) return [];
        ReadOnlySpan<byte> rest = _data.AsSpan(_replacements + (int)offset);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 1 << 9) >> 6);
}
