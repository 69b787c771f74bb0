using System.Globalization;

namespace Takt.Text.Tokenizers.Patterns;

/// <summary>The named classes of the pattern language: \s, \d, \w and \p{...}.</summary>
internal static class CharClasses
{
    /// <summary>One bit per <see cref="UnicodeCategory"/>, by the property's short or long name.</summary>
    private static readonly Dictionary<string, uint> Categories = Names();

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
            "ALPHA" or "ALPHABETIC" => c => c < 0x10000
                ? char.IsLetter((char)c) || CodePoints.Category(c) == UnicodeCategory.LetterNumber
                : (int)CodePoints.Category(c) <= 4,
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

    private static Dictionary<string, uint> Names()
    {
        // The general categories in the order of UnicodeCategory, which is also the order of their groups but for C.
        string[] two = ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
            "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn"];
        Dictionary<string, uint> names = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < two.Length; i++)
        {
            names[two[i]] = 1u << i;
            names[two[i][..1]] = names.GetValueOrDefault(two[i][..1]) | 1u << i;
        }

        (string Long, string Short)[] groups =
            [("Letter", "L"), ("Mark", "M"), ("Number", "N"), ("Separator", "Z"), ("Other", "C"), ("Punctuation", "P"), ("Symbol", "S")];
        foreach ((string name, string group) in groups) names[name] = names[group];
        return names;
    }
}
