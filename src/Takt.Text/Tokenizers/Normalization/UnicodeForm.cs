using System.Runtime.InteropServices;
using System.Text;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>The normalization forms NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15).</summary>
internal sealed class UnicodeForm(bool compose, bool compatible) : Normalizer
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28;

    /// <summary>The form of a name such as <c>NFC</c>.</summary>
    /// <exception cref="InvalidDataException">There is no such form.</exception>
    public static UnicodeForm Of(string name) => name is "NFC" or "NFD" or "NFKC" or "NFKD"
        ? new UnicodeForm(name.EndsWith('C'), name.Contains('K'))
        : throw new InvalidDataException($"'{name}' is no Unicode normalization form; there are NFC, NFD, NFKC and NFKD.");

    /// <summary>Its name, such as <c>NFC</c>.</summary>
    public string Name => $"NF{(compatible ? "K" : "")}{(compose ? "C" : "D")}";

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        int touched = NextTouched(text, 0);
        if (touched < 0) return text;
        UnicodeData data = UnicodeData.Table;
        var result = new StringBuilder(text.Length);
        List<int> points = [];
        for (int done = 0; done < text.Length; touched = NextTouched(text, done))
        {
            if (touched < 0)
            {
                result.Append(text[done..]);
                break;
            }

            // The character before may compose with what follows; the next inert one composes with nothing before it.
            int start = touched > done ? touched - 1 : touched, end = touched;
            while (end < text.Length && !data.IsInert(text[end])) end++;
            result.Append(text[done..start]);
            Append(text[start..end], data, points, result);
            done = end;
        }

        return result.ToString();
    }

    /// <summary>The next UTF-16 unit that the form may change, or -1.</summary>
    private static int NextTouched(ReadOnlySpan<char> text, int from)
    {
        // Below U+00A0 nothing decomposes.
        int skip = text[from..].IndexOfAnyExceptInRange('\0', '\u009F');
        if (skip < 0) return -1;
        UnicodeData data = UnicodeData.Table;
        for (int i = from + skip; i < text.Length; i++)
        {
            if (!data.IsInert(text[i])) return i;
        }

        return -1;
    }

    private void Append(ReadOnlySpan<char> text, UnicodeData data, List<int> points, StringBuilder result)
    {
        points.Clear();
        for (int i = 0, length; i < text.Length; i += length) Decompose(CodePoints.At(text, i, out length), data, points);
        Span<int> all = CollectionsMarshal.AsSpan(points);
        Order(all, data);
        if (compose) all = all[..Compose(all, data)];
        Span<char> units = stackalloc char[2];
        foreach (int point in all) result.Append(units[..new Rune(point).EncodeToUtf16(units)]);
    }

    private void Decompose(int point, UnicodeData data, List<int> to)
    {
        int hangul = point - HangulBase;
        if (hangul is >= 0 and < Leads * Vowels * Tails)
        {
            to.Add(LeadBase + hangul / (Vowels * Tails));
            to.Add(VowelBase + hangul / Tails % Vowels);
            if (hangul % Tails != 0) to.Add(TailBase + hangul % Tails);
        }
        else if (point > 0x9F && data.Decomposition(point, compatible) is { } parts) to.AddRange(parts.AsSpan());
        else to.Add(point);
    }

    /// <summary>Sorts each run of marks by class, keeping the order of equals.</summary>
    private static void Order(Span<int> points, UnicodeData data)
    {
        for (int start = 0; start < points.Length; start++)
        {
            if (points[start] < 0x300 || data.CombiningClass(points[start]) == 0) continue;
            int end = start + 1;
            while (end < points.Length && data.CombiningClass(points[end]) != 0) end++;
            if (end - start > 1)
            {
                // A stable sort: the position breaks ties, and a run of any length stays cheap.
                var keys = new long[end - start];
                for (int i = start; i < end; i++) keys[i - start] = (long)data.CombiningClass(points[i]) << 32 | (uint)(i - start);
                keys.AsSpan().Sort(points[start..end]);
            }

            start = end;
        }
    }

    private static int Compose(Span<int> points, UnicodeData data)
    {
        int starter = -1, last = -1, count = 0;
        foreach (int point in points)
        {
            int rank = data.CombiningClass(point);
            // A mark composes unless one of its own or a higher class stands between it and the starter; a starter only right behind.
            bool free = starter >= 0 && (rank == 0 ? count == starter + 1 : last < rank);
            int composite = free ? Pair(points[starter], point, data) : -1;
            if (composite >= 0)
            {
                points[starter] = composite;
                continue;
            }

            if (rank == 0) (starter, last) = (count, 0);
            else last = rank;
            points[count++] = point;
        }

        return count;
    }

    private static int Pair(int first, int second, UnicodeData data)
    {
        int lead = first - LeadBase, vowel = second - VowelBase, syllable = first - HangulBase, tail = second - TailBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels) return HangulBase + (lead * Vowels + vowel) * Tails;
        if (syllable is >= 0 and < Leads * Vowels * Tails && syllable % Tails == 0 && tail is > 0 and < Tails) return first + tail;
        return data.Composite(first, second);
    }
}
