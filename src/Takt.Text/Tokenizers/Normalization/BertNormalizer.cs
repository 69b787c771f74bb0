using System.Globalization;
using System.Text;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>
/// BERT's normalization: control characters go, white space becomes spaces, ideographs are set apart, accents go, capitals become small.
/// </summary>
internal sealed class BertNormalizer(bool cleanText, bool spaceIdeographs, bool stripAccents, bool lowercase) : Normalizer
{
    private static readonly UnicodeForm Decompose = new(compose: false, compatible: false);
    private static readonly StripAccents Accents = new();
    private static readonly Lowercase Lower = new();

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (cleanText || spaceIdeographs) text = Clean(text);
        if (stripAccents) text = Accents.Apply(Decompose.Apply(text));
        return lowercase ? Lower.Apply(text) : text;
    }

    private string Clean(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length + 16);
        for (int i = 0, length; i < text.Length; i += length)
        {
            char c = text[i];
            length = 1;
            if (c is >= ' ' and < '\u007F')
            {
                result.Append(c);
                continue;
            }

            int point = CodePoints.At(text, i, out length);
            if (cleanText && (point is 0 or 0xFFFD || IsControl(point))) continue;
            if (cleanText && CodePoints.IsWhiteSpace(point)) result.Append(' ');
            else if (spaceIdeographs && CodePoints.IsBertIdeograph(point)) result.Append(' ').Append(text.Slice(i, length)).Append(' ');
            else result.Append(text.Slice(i, length));
        }

        return result.ToString();
    }

    private static bool IsControl(int point) => point is not ('\t' or '\n' or '\r') && CodePoints.Category(point) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;
}
