using System.Globalization;
using System.Text;
using Takt.Text.Tokenizers.Patterns;

namespace Takt.Text.Tokenizers.Normalization;

/// <summary>Rewrites text before it is cut into words.</summary>
internal abstract class Normalizer
{
    /// <summary>The rewritten text; the span itself where nothing changes. Text is well-formed UTF-16.</summary>
    public abstract ReadOnlySpan<char> Apply(ReadOnlySpan<char> text);
}

/// <summary>Applies several one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        foreach (Normalizer step in steps) text = step.Apply(text);
        return text;
    }
}

/// <summary>Lower case, code point by code point, by Unicode's full mapping.</summary>
internal sealed class Lowercase : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        // The only code point whose lower case is two: a dotted capital I.
        if (!text.Contains('\u0130')) return text.ToString().ToLowerInvariant();
        return text.ToString().Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
    }
}

/// <summary>Drops nonspacing marks.</summary>
internal sealed class StripAccents : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyExceptInRange('\0', '\u02FF') < 0) return text;
        var kept = new StringBuilder(text.Length);
        for (int i = 0, length; i < text.Length; i += length)
        {
            if (CodePoints.Category(CodePoints.At(text, i, out length)) != UnicodeCategory.NonSpacingMark) kept.Append(text.Slice(i, length));
        }

        return kept.ToString();
    }
}

/// <summary>Puts a text in front of whatever is not empty.</summary>
internal sealed class Prepend(string prefix) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text) => text.IsEmpty ? text : string.Concat(prefix, text);
}

/// <summary>Takes white space off the ends.</summary>
internal sealed class Strip(bool left, bool right) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Replaces a text by another.</summary>
internal sealed class ReplaceText(string old, string replacement) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text) =>
        text.Contains(old, StringComparison.Ordinal) ? text.ToString().Replace(old, replacement, StringComparison.Ordinal) : text;
}

/// <summary>Replaces the matches of a pattern by a text.</summary>
internal sealed class ReplacePattern(Pattern pattern, string replacement) : Normalizer
{
    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        var machine = new PatternMachine(text.Length);
        StringBuilder? result = null;
        int done = 0;
        for (int from = 0; from <= text.Length && pattern.Find(text, from, machine, out int start, out int end);)
        {
            result ??= new StringBuilder(text.Length);
            result.Append(text[done..start]).Append(replacement);
            done = end;
            from = end > start ? end : end + 1;
        }

        return result is null ? text : result.Append(text[done..]).ToString();
    }
}
