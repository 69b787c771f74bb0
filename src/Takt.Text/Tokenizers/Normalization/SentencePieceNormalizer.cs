using System.Text;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's normalization: rewriting rules, spaces merged and trimmed, a space put in front, spaces written as U+2581.
/// User-defined pieces pass as they are.
/// </summary>
internal sealed class SentencePieceNormalizer(SentencePieceNormalizer.Options options) : Normalizer
{
    /// <summary>A space as the pieces have it.</summary>
    public const char Mark = '\u2581';

    /// <param name="Charsmap">The rewriting rules, if there are any.</param>
    /// <param name="AddPrefix">A space is put in front (behind, with <paramref name="SpaceAsSuffix"/>).</param>
    /// <param name="MergeSpaces">Spaces at the ends go, several in a row become one.</param>
    /// <param name="EscapeSpaces">Spaces become <see cref="Mark"/>.</param>
    /// <param name="SpaceAsSuffix">Spaces belong to the word before.</param>
    /// <param name="UserDefined">Pieces that the rules leave alone.</param>
    public sealed record Options(
        Charsmap? Charsmap, bool AddPrefix, bool MergeSpaces, bool EscapeSpaces, bool SpaceAsSuffix, CharTrie? UserDefined);

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return text;
        char mark = options.EscapeSpaces ? Mark : ' ';
        ReadOnlySpan<char> rewritten = options.Charsmap is { } charsmap ? Rewrite(text, charsmap) : text;
        if (options.MergeSpaces && (rewritten = rewritten.Trim(' ')).IsEmpty) return rewritten;
        var result = new StringBuilder(rewritten.Length + 1);

        if (options is { AddPrefix: true, SpaceAsSuffix: false }) result.Append(mark);
        bool afterSpace = false;
        foreach (char c in rewritten)
        {
            bool space = c == ' ';
            if (!(space && afterSpace && options.MergeSpaces)) result.Append(space ? mark : c);
            afterSpace = space;
        }

        // Marks that the text itself ends in go like spaces.
        if (options.MergeSpaces) result.Length = TrimmedLength(result, mark);
        if (options is { AddPrefix: true, SpaceAsSuffix: true }) result.Append(mark);
        return result.ToString();
    }

    private string Rewrite(ReadOnlySpan<char> text, Charsmap charsmap)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text.ToArray());
        var result = new ByteBuilder(utf8.Length + 16);
        bool defined = options.UserDefined is { IsEmpty: false };
        // The two indices run side by side: i over the bytes that rules match, at over the characters that pieces match.
        for (int i = 0, at = 0; i < utf8.Length;)
        {
            int length = 0;
            if (defined && options.UserDefined!.Longest(text[at..], out int characters) >= 0)
            {
                length = Encoding.UTF8.GetByteCount(text.Slice(at, characters));
                result.Add(utf8.AsSpan(i, length));
            }
            else
            {
                ReadOnlySpan<byte> replacement = charsmap.Match(utf8.AsSpan(i), shortest: false, out length);
                if (length == 0) replacement = utf8.AsSpan(i, length = SequenceLength(utf8[i]));
                result.Add(replacement);
            }

            if (defined) at += Encoding.UTF8.GetCharCount(utf8, i, length);
            i += length;
        }

        return Encoding.UTF8.GetString(result.Written);
    }

    private static int TrimmedLength(StringBuilder text, char mark)
    {
        int length = text.Length;
        while (length > 0 && text[length - 1] == mark) length--;
        return length;
    }

    private static int SequenceLength(byte lead) => lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}
