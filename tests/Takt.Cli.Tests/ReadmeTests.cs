using System.Text.RegularExpressions;

namespace Takt.Cli.Tests;

/// <summary>What the README tells people to type works, and both languages tell the same.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_commands_in_its_table_exist(string file)
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Root(), file)).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        string[] names = [.. rows.SelectMany(row => CommandName().Matches(row.Split('|')[1])).Select(match => match.Groups[1].Value)];
        Assert.Equal(UsageTests.Commands.Select(row => (string)row.Data).Order(), names.Order());
        Assert.All(names, name => TaktRun.Of(name, "--help").Succeeded());
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Its_first_command_runs_with_a_model(string file)
    {
        string line = Code(file).Single(code => code.StartsWith("dotnet run", StringComparison.Ordinal));
        Match match = RunLine().Match(line);
        Assert.True(match.Success, line);
        Assert.True(Directory.Exists(Path.Combine(Root(), match.Groups["project"].Value)));
        using var model = new TinyModel();
        string[] args = [.. match.Groups["args"].Value.Split(' ', 3).Select(word => word.Trim('"').Replace("MODEL.gguf", model.Chat, StringComparison.Ordinal))];
        TaktRun.Of([.. args, "-n", "3"]).Succeeded();
    }

    [Fact]
    public void Both_languages_give_the_same_commands()
    {
        static string Plain(string code) => Comment().Replace(Quoted().Replace(code, "\"\""), "").Trim();
        Assert.Equal(Code("README.md").Select(Plain), Code("README.zh-CN.md").Select(Plain));
    }

    private static string[] Code(string file)
    {
        string text = File.ReadAllText(Path.Combine(Root(), file));
        return [.. Blocks().Matches(text).SelectMany(block => block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Takt.slnx"))) return folder.FullName;
        }

        Assert.Skip("needs the source tree, which is not around the test's folder");
        return "";
    }

    [GeneratedRegex("`([a-z]+)")]
    private static partial Regex CommandName();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("^dotnet run -c Release --project (?<project>\\S+) -- (?<args>.*)$")]
    private static partial Regex RunLine();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("#.*$")]
    private static partial Regex Comment();
}
