using System.Numerics;

namespace Takt.Text.Tokenizers.Models;

/// <summary>
/// Knows which neighbouring characters occur inside a token. Between all others no merge can happen, so a text may be cut there
/// without changing its tokens. A Bloom filter: a false "occurs" only loses a cut.
/// </summary>
internal sealed class CutTable
{
    private readonly ulong[] _bits;
    private readonly int _shift;

    public CutTable(Vocabulary vocabulary)
    {
        long characters = 0;
        for (int id = 0; id < vocabulary.Count; id++) characters += vocabulary[id].Length;
        int log = Math.Clamp(BitOperations.Log2((ulong)characters + 1) + 3, 12, 24);
        (_bits, _shift) = (new ulong[1 << (log - 6)], 32 - log);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            string text = vocabulary[id];
            for (int i = 1; i < text.Length; i++)
            {
                uint place = Place(text[i - 1], text[i]);
                _bits[place >> 6] |= 1ul << (int)(place & 63);
            }
        }
    }

    public bool MayCut(char left, char right)
    {
        uint place = Place(left, right);
        return (_bits[place >> 6] >> (int)(place & 63) & 1) == 0 && !char.IsLowSurrogate(right);
    }

    private uint Place(char left, char right) => ((uint)left << 16 | right) * 0x9E3779B1u >> _shift;
}
