using System.Globalization;

namespace Takt.Text.Tokenizers.Patterns;

/// <summary>The named classes of the pattern language: \s, \d, \w and \p{...}.</summary>
internal static class CharClasses
{
    /// <summary>One bit per <see cref="UnicodeCategory"/>, by the property's short or long name.</summary>
    private static readonly Dictionary<string, uint> Categories = new(StringComparer.OrdinalIgnoreCase)
    {
        ["L"] = Bits(0, 4), ["Letter"] = Bits(0, 4), ["Lu"] = Bits(0, 0), ["Ll"] = Bits(1, 1), ["Lt"] = Bits(2, 2), ["Lm"] = Bits(3, 3), ["Lo"] = Bits(4, 4),
        ["M"] = Bits(5, 7), ["Mark"] = Bits(5, 7), ["Mn"] = Bits(5, 5), ["Mc"] = Bits(6, 6), ["Me"] = Bits(7, 7),
        ["N"] = Bits(8, 10), ["Number"] = Bits(8, 10), ["Nd"] = Bits(8, 8), ["Nl"] = Bits(9, 9), ["No"] = Bits(10, 10),
        ["Z"] = Bits(11, 13), ["Separator"] = Bits(11, 13), ["Zs"] = Bits(11, 11), ["Zl"] = Bits(12, 12), ["Zp"] = Bits(13, 13),
        ["C"] = Bits(14, 17) | Bits(29, 29), ["Other"] = Bits(14, 17) | Bits(29, 29), ["Cc"] = Bits(14, 14), ["Cf"] = Bits(15, 15), ["Cs"] = Bits(16, 16), ["Co"] = Bits(17, 17), ["Cn"] = Bits(29, 29),
        ["P"] = Bits(18, 24), ["Punctuation"] = Bits(18, 24), ["Pc"] = Bits(18, 18), ["Pd"] = Bits(19, 19), ["Ps"] = Bits(20, 20), ["Pe"] = Bits(21, 21), ["Pi"] = Bits(22, 22), ["Pf"] = Bits(23, 23), ["Po"] = Bits(24, 24),
        ["S"] = Bits(25, 28), ["Symbol"] = Bits(25, 28), ["Sm"] = Bits(25, 25), ["Sc"] = Bits(26, 26), ["Sk"] = Bits(27, 27), ["So"] = Bits(28, 28),
    };

    private const uint WordCategories = 0x403FF;

    /// <summary>The predicate of a property name, or null if it is not known.</summary>
    public static Func<int, bool>? Property(string name)
    {
        if (Categories.TryGetValue(name, out uint mask)) return c => (mask >> (int)CodePoints.Category(c) & 1) != 0;
        return name.ToUpperInvariant() switch
        {
            "HAN" => IsHan,
            "HIRAGANA" => c => c is >= 0x3041 and <= 0x3096 or >= 0x309D and <= 0x309F or >= 0x1B001 and <= 0x1B11F or 0x1F200,
            "KATAKANA" => c => c is >= 0x30A1 and <= 0x30FA or >= 0x30FD and <= 0x30FF or >= 0x31F0 and <= 0x31FF or
                >= 0x32D0 and <= 0x32FE or >= 0x3300 and <= 0x3357 or >= 0xFF66 and <= 0xFF6F or >= 0xFF71 and <= 0xFF9D,
            "HANGUL" => c => c is >= 0x1100 and <= 0x11FF or >= 0x3131 and <= 0x318E or >= 0xA960 and <= 0xA97C or >= 0xAC00 and <= 0xD7FB,
            "ALPHA" or "ALPHABETIC" => c => c < 0x10000 ? char.IsLetter((char)c) || CodePoints.Category(c) == UnicodeCategory.LetterNumber : (int)CodePoints.Category(c) <= 4,
            "SPACE" or "WHITE_SPACE" => CodePoints.IsWhiteSpace,
            "DIGIT" => IsDigit,
            "PUNCT" => CodePoints.IsBertPunctuation,
            "ALNUM" => c => char.IsLetterOrDigit(char.ConvertFromUtf32(c), 0),
            _ => null,
        };
    }

    public static bool IsDigit(int codePoint) => CodePoints.Category(codePoint) == UnicodeCategory.DecimalDigitNumber;

    /// <summary>\w: letters, marks, digits, connector punctuation, joiners and the circled letters.</summary>
    public static bool IsWord(int codePoint) =>
        (WordCategories >> (int)CodePoints.Category(codePoint) & 1) != 0 ||
        codePoint is 0x200C or 0x200D or >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    private static bool IsHan(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x2E80 and <= 0x2E99 or
        >= 0x2E9B and <= 0x2EF3 or >= 0x2F00 and <= 0x2FD5 or 0x3005 or 0x3007 or >= 0x3021 and <= 0x3029 or >= 0x3038 and <= 0x303B or
        >= 0xF900 and <= 0xFA6D or >= 0xFA70 and <= 0xFAD9 or 0x16FE2 or 0x16FE3 or 0x16FF0 or 0x16FF1 or >= 0x20000 and <= 0x2A6DF or
        >= 0x2A700 and <= 0x2EBE0 or >= 0x2EBF0 and <= 0x2EE5D or >= 0x2F800 and <= 0x2FA1D or >= 0x30000 and <= 0x323AF;

    private static uint Bits(int from, int to) => (uint)((1ul << (to + 1)) - (1ul << from));
}
