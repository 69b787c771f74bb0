namespace Takt.Text.Tokenizers.Patterns;

/// <summary>
/// A set of code points given by a predicate. Answers for the basic plane come from a bitmap that fills by pages of 256 on demand.
/// </summary>
internal sealed class CharSet(Func<int, bool> contains)
{
    private readonly ulong[]?[] _pages = new ulong[256][];

    public bool Contains(int codePoint)
    {
        if (codePoint > 0xFFFF) return contains(codePoint);
        ulong[] page = _pages[codePoint >> 8] ??= Fill(codePoint >> 8);
        return (page[(codePoint >> 6) & 3] >> (codePoint & 63) & 1) != 0;
    }

    /// <summary>How many UTF-16 units the member at <paramref name="index"/> has, or 0 if there is none.</summary>
    public int Match(ReadOnlySpan<char> text, int index)
    {
        if ((uint)index >= (uint)text.Length) return 0;
        char c = text[index];
        if (!char.IsSurrogate(c))
        {
            ulong[] page = _pages[c >> 8] ??= Fill(c >> 8);
            return (int)(page[(c >> 6) & 3] >> (c & 63) & 1);
        }

        return contains(CodePoints.At(text, index, out int length)) ? length : 0;
    }

    private ulong[] Fill(int page)
    {
        var bits = new ulong[4];
        for (int low = 0; low < 256; low++)
        {
            if (contains(page << 8 | low)) bits[low >> 6] |= 1ul << (low & 63);
        }

        return bits;
    }
}
