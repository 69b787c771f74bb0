using System.Globalization;
using System.Text;

namespace Takt.Text.Templates;

/// <summary>Cases, character classes and padding of strings.</summary>
internal static class StringCases
{
    /// <summary>Every letter that follows no letter in upper case, all others in lower case.</summary>
    public static string Title(string text)
    {
        char[] result = text.ToLowerInvariant().ToCharArray();
        bool inWord = false;
        for (int i = 0; i < result.Length; i++)
        {
            if (!inWord) result[i] = char.ToUpperInvariant(result[i]);
            inWord = IsCased(text, i);
        }

        return new string(result);
    }

    /// <summary>The <c>title</c> filter: like Jinja's, it begins words only after white space and opening marks.</summary>
    public static string TitleWords(string text)
    {
        char[] result = text.ToLowerInvariant().ToCharArray();
        for (int i = 0; i < result.Length; i++)
        {
            if (i == 0 || PythonText.IsSpace(text[i - 1]) || "-({[<".Contains(text[i - 1])) result[i] = char.ToUpperInvariant(result[i]);
        }

        return new string(result);
    }

    public static string Swap(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++) span[i] = char.IsUpper(source[i]) ? char.ToLowerInvariant(source[i]) : char.ToUpperInvariant(source[i]);
    });

    /// <summary>Whether there is a code point and all of them are of a class.</summary>
    public static bool All(string text, Func<string, int, bool> isOne)
    {
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            if (!isOne(text, i)) return false;
        }

        return text.Length > 0;
    }

    public static bool IsLower(string text) => HasOnly(text, UnicodeCategory.LowercaseLetter, UnicodeCategory.UppercaseLetter);

    public static bool IsUpper(string text) => HasOnly(text, UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter);

    public static string Pad(TemplateRuntime runtime, string text, int width, char align, string fill)
    {
        int length = PythonText.Length(text);
        if (width <= length) return text;
        runtime.Reserve((long)width * fill.Length);
        int missing = width - length;
        // Python puts the odd one before the text where the width is odd too.
        int before = align switch { '<' => 0, '>' => missing, _ => missing / 2 + (missing & width & 1) };
        var result = new StringBuilder();
        for (int i = 0; i < before; i++) result.Append(fill);
        result.Append(text);
        for (int i = before; i < missing; i++) result.Append(fill);
        return result.ToString();
    }

    /// <summary>Whether a code point has a numeric value.</summary>
    public static bool IsNumeric(string text, int at) => char.IsNumber(text, at) || CharUnicodeInfo.GetNumericValue(text, at) >= 0;

    private static bool HasOnly(string text, UnicodeCategory wanted, UnicodeCategory unwanted)
    {
        bool found = false;
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(text, i);
            if (category == unwanted || category == UnicodeCategory.TitlecaseLetter) return false;
            found |= category == wanted;
        }

        return found;
    }

    private static bool IsCased(string text, int at) => char.GetUnicodeCategory(text[at])
        is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;
}
