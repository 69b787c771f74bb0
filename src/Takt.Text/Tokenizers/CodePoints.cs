using System.Globalization;

namespace Takt.Text.Tokenizers;

/// <summary>Unicode facts about code points that tokenizers ask for, and stepping through UTF-16 by code point.</summary>
internal static class CodePoints
{
    /// <summary>The code point at <paramref name="index"/>; <paramref name="length"/> is its UTF-16 units. Text must be well formed.</summary>
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length)
        {
            length = 2;
            return char.ConvertToUtf32(c, text[index + 1]);
        }

        length = 1;
        return c;
    }

    /// <summary>The index of the code point that ends before <paramref name="index"/>.</summary>
    public static int Before(ReadOnlySpan<char> text, int index) =>
        index >= 2 && char.IsLowSurrogate(text[index - 1]) ? index - 2 : index - 1;

    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    /// <summary>Unicode's White_Space property.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint <= 0xFFFF && char.IsWhiteSpace((char)codePoint);

    public static bool IsNumber(int codePoint) =>
        Category(codePoint) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>BERT's punctuation: the P categories and every ASCII symbol.</summary>
    public static bool IsBertPunctuation(int codePoint) => codePoint < 128
        ? codePoint > 32 && codePoint < 127 && !char.IsAsciiLetterOrDigit((char)codePoint)
        : Category(codePoint) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    /// <summary>The CJK ideographs that BERT sets apart as words (the range 2B920 is as the reference has it).</summary>
    public static bool IsBertIdeograph(int codePoint) => codePoint is
        >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or
        >= 0x2B740 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>The text with every lone surrogate replaced by U+FFFD; the span itself where there is none.</summary>
    public static ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        int i = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        char[]? copy = null;
        for (; i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            copy ??= text.ToArray();
            copy[i] = '\uFFFD';
        }

        return copy ?? text;
    }
}
