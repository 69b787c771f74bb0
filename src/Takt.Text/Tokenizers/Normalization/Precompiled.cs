using System.Globalization;
using System.Text;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>
/// tokenizer.json's use of a precompiled charsmap: a short grapheme that a rule begins is replaced as a whole, else each of its
/// characters on its own.
/// </summary>
internal sealed class Precompiled(Charsmap charsmap) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0, length; i < text.Length; i += length)
        {
            length = StringInfo.GetNextTextElementLength(text[i..]);
            ReadOnlySpan<char> grapheme = text.Slice(i, length);
            if (Encoding.UTF8.GetByteCount(grapheme) < 6 && TryReplace(grapheme, result)) continue;
            for (int j = 0, n; j < grapheme.Length; j += n)
            {
                CodePoints.At(grapheme, j, out n);
                if (!TryReplace(grapheme.Slice(j, n), result)) result.Append(grapheme.Slice(j, n));
            }
        }

        return result.ToString();
    }

    private bool TryReplace(ReadOnlySpan<char> chunk, StringBuilder result)
    {
        Span<byte> utf8 = stackalloc byte[8];
        int count = Encoding.UTF8.GetBytes(chunk, utf8);
        ReadOnlySpan<byte> replacement = charsmap.Match(utf8[..count], shortest: true, out int length);
        if (length > 0) result.Append(Encoding.UTF8.GetString(replacement));
        return length > 0;
    }
}
