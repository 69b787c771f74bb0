using System.Text.RegularExpressions;
using Takt.Text.Tokenizers.Loading;
using Takt.Text.Tokenizers.Patterns;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tests.Tokenizers;

public class PatternTests
{
    private const string Letters = "abzAZéßñΣя你好ア한 ٣09½²\t\n\r\u00A0\u3000 '’.,!?-_$+<>|`()[]{}#/\\'s'LL'tſ\u0301\u200B";

    /// <summary>Over the basic plane, .NET's regular expressions mean the same.</summary>
    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("qwen35")]
    [InlineData("gpt-4o")]
    [InlineData("tekken")]
    [InlineData("deepseek-v3")]
    [InlineData("deepseek-coder")]
    [InlineData("falcon")]
    [InlineData("bloom")]
    [InlineData("jais-2")]
    [InlineData("exaone-moe")]
    [InlineData("bailingmoe")]
    [InlineData("superbpe")]
    [InlineData("tiny_aya")]
    [InlineData("youtu")]
    [InlineData("chameleon")]
    [InlineData("default")]
    public void Families_match_what_a_general_regex_engine_matches(string family)
    {
        var random = new Random(17);
        foreach (string source in PreTokenizerFamily.Of(family).Patterns)
        {
            var regex = new Regex(source, RegexOptions.CultureInvariant);
            var pattern = new Pattern(source);
            for (int round = 0; round < 60; round++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Letters[random.Next(Letters.Length)]));
                Assert.Equal(regex.Matches(text).Select(m => (m.Index, m.Index + m.Length)), Matches(pattern, text));
            }
        }
    }

    [Theory]
    [InlineData("a*?b|a+?", "aaab aaa")]
    [InlineData("(?:ab|a)(?:c|bcd)?", "abcd abc ac a")]
    [InlineData("(?>a+)b|a", "aab aa")]
    [InlineData("x{2,3}y?|x", "xxxxx xy xxxy")]
    [InlineData("(?<=a)b|(?<!a)c", "ab cb ac c")]
    [InlineData(@"\bfoo\b|\Bo", "foo food of")]
    [InlineData("^a|b$", "ab a b")]
    [InlineData(@"[\w-[a]]?[^\W\d]", "a1b2_c")]
    [InlineData("(?i:AbC)d", "abcd ABCd ABCD")]
    [InlineData(@"\u0041\x42[\x43-\x44]+", "ABCDE")]
    public void Syntax_means_what_it_means_elsewhere(string source, string text)
    {
        // Subtraction is .NET's own; the same set here is an intersection.
        var pattern = new Pattern(source.Replace("-[a]", "&&[^a]", StringComparison.Ordinal));
        Assert.Equal(Regex.Matches(text, source).Select(m => (m.Index, m.Index + m.Length)), Matches(pattern, text));
    }

    [Fact]
    public void Code_points_outside_the_basic_plane_are_one_character()
    {
        Assert.Equal([(0, 2), (2, 4)], Matches(new Pattern("."), "🙂🙃"));
        Assert.Equal([(1, 5)], Matches(new Pattern(@"\p{L}+"), "1𝒳𠀀1"));
        Assert.Equal([(0, 2)], Matches(new Pattern("[🙀-🙂]"), "🙂🙃"));
        Assert.Equal([(0, 4)], Matches(new Pattern(@"\P{L}+(?=a)"), "🙂🙂a"));
        Assert.Equal([(0, 2)], Matches(new Pattern(@"\p{Han}+"), "漢字かな"));
    }

    [Fact]
    public void Folding_reaches_the_letters_outside_ascii() => Assert.Equal([(0, 2), (2, 4)], Matches(new Pattern("(?i:'s|'k)"), "'ſ'\u212A"));

    [Theory]
    [InlineData("(a", "not closed")]
    [InlineData("a)", "without")]
    [InlineData("[a", "not closed")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("(a*)*", "may be empty")]
    [InlineData(@"(a)\1", "not supported")]
    [InlineData("(?<name>a)", "not supported")]
    [InlineData("(?<=ab)c", "lookbehind")]
    [InlineData(@"\p{Klingon}", "Klingon")]
    [InlineData("a{5,2}", "reversed")]
    [InlineData("a{9999}", "1000")]
    [InlineData("((a{1000}){1000}){1000}", "steps")]
    [InlineData("[b-a]", "reversed")]
    [InlineData(@"\u00", "malformed")]
    [InlineData("a\\", "backslash")]
    public void What_cannot_be_compiled_is_refused_by_name(string source, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidDataException>(() => new Pattern(source)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_has_a_limit() =>
        Assert.Throws<InvalidDataException>(() => new Pattern(new string('(', 5000) + "a" + new string(')', 5000)));

    [Fact]
    public void Exponential_backtracking_is_stopped()
    {
        var pattern = new Pattern("(?:a|aa)+(?:a|aa)+c");
        Assert.Throws<InvalidDataException>(() => Matches(pattern, new string('a', 200)));
    }

    [Fact]
    public void A_long_run_that_fails_is_not_tried_from_every_start()
    {
        string text = new string(' ', 300_000) + "x";
        Assert.Empty(Matches(new Pattern(@"\s+$"), text));
        Assert.Equal(2, Matches(new Pattern(@"(?:\p{L}\p{M}*)+|\s+"), text).Count);
        Assert.Single(Matches(new Pattern(@"(?:\p{L}\p{M}*)+"), new string('a', 300_000)));
    }

    [Theory]
    [InlineData(SplitBehavior.Removed, "the|final|countdown")]
    [InlineData(SplitBehavior.Isolated, "the|-|final|-|-|countdown")]
    [InlineData(SplitBehavior.MergedWithPrevious, "the-|final-|-|countdown")]
    [InlineData(SplitBehavior.MergedWithNext, "the|-final|-|-countdown")]
    [InlineData(SplitBehavior.Contiguous, "the|-|final|--|countdown")]
    public void Split_behaviours(object behavior, string expected)
    {
        ReadOnlySpan<char> text = "the-final--countdown";
        var split = new PatternSplit(new Pattern("-"), (SplitBehavior)behavior, invert: false);
        List<Word> words = split.Split(ref text, [new Word(0, text.Length)], atStart: true);
        string whole = text.ToString();
        Assert.Equal(expected, string.Join('|', words.Select(w => whole[w.Start..w.End])));
    }

    private static List<(int, int)> Matches(Pattern pattern, string text)
    {
        List<(int, int)> matches = [];
        var machine = new PatternMachine(text.Length);
        for (int from = 0; from <= text.Length && pattern.Find(text, from, machine, out int start, out int end);)
        {
            matches.Add((start, end));
            from = end > start ? end : end + 1;
        }

        return matches;
    }
}
