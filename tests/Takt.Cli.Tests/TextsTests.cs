using System.Reflection;
using System.Text.RegularExpressions;
using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

public class TextsTests
{
    // Words that are the same in both languages.
    private static readonly string[] _universal =
        [nameof(Texts.QuantizeProgress), nameof(Texts.ColumnLogit), nameof(Texts.ColumnMedian), nameof(Texts.ColumnP99), nameof(Texts.ColumnBandwidth), nameof(Texts.ColumnFlops), nameof(Texts.ColumnMacs), nameof(Texts.ColumnMegaflops), nameof(Texts.ColumnTtft), nameof(Texts.ColumnTpot)];

    private static IEnumerable<(string Name, Phrase Phrase)> All =>
        typeof(Texts).GetFields(BindingFlags.Static | BindingFlags.Public).Where(text => text.FieldType == typeof(Phrase))
            .Select(text => (text.Name, (Phrase)text.GetValue(null)!))
            .Concat(Texts.Library.Select(phrase => (phrase.En, phrase)));

    [Fact]
    public void Every_text_exists_in_both_languages()
    {
        Assert.NotEmpty(All);
        foreach ((string name, Phrase text) in All)
        {
            Assert.False(string.IsNullOrWhiteSpace(text.En), name);
            Assert.False(string.IsNullOrWhiteSpace(text.Zh), name);
            Assert.False(HasChinese(text.En), $"{name} has Chinese in its English text");
            Assert.True(HasChinese(text.Zh) || _universal.Contains(name), $"{name} has no Chinese text");
        }
    }

    [Fact]
    public void Both_languages_fill_in_the_same_values()
    {
        foreach ((string name, Phrase text) in All)
            Assert.True(Places(text.En).SetEquals(Places(text.Zh)), name);
    }

    private static bool HasChinese(string text) => text.Any(c => c is >= '\u4e00' and <= '\u9fff');

    private static HashSet<string> Places(string text) => [.. Regex.Matches(text, @"\{\d").Select(m => m.Value)];
}
