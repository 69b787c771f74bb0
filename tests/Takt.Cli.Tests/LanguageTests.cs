using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

public class LanguageTests
{
    [Theory]
    [InlineData(null, null, null, "En")]
    [InlineData(null, null, "zh_CN.UTF-8", "Zh")]
    [InlineData(null, "zh_TW", "en_US", "Zh")]
    [InlineData("C", "zh_CN", "zh_CN", "En")]
    [InlineData("", "", "zh", "Zh")]
    [InlineData(null, null, "de_DE.UTF-8", "En")]
    public void The_locale_decides(string? all, string? messages, string? lang, string expected)
    {
        string? Environment(string name) => name switch { "LC_ALL" => all, "LC_MESSAGES" => messages, "LANG" => lang, _ => null };
        Assert.Equal(expected, Languages.Choose([], Environment).ToString());
    }

    [Theory]
    [InlineData("En", "--lang", "en")]
    [InlineData("En", "--lang=en")]
    [InlineData("Zh", "--lang", "zh")]
    [InlineData("Zh", "run", "--", "--lang", "en")]
    public void The_option_overrides_the_locale(string expected, params string[] args) =>
        Assert.Equal(expected, Languages.Choose(args, _ => "zh_CN").ToString());
}
