using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

public class UsageTests
{
    public static TheoryData<string> Commands => [.. NeedingArguments.Select(static row => row.Data), "calibrate", "cache"];

    public static TheoryData<string> NeedingArguments =>
        ["run", "chat", "inspect", "tokenize", "detokenize", "template", "quantize", "logits", "perplexity", "profile", "bench", "whatif", "tune"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Only_the_command_that_is_named_is_built(string name)
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var tree = CommandTree.Create(new Terminal(stdin, stdout, stderr, Language.En), [name]);
        Assert.Equal([name], tree.Root.Subcommands.Select(static command => command.Name));
    }

    [Fact]
    public void Without_a_command_the_whole_help_goes_to_standard_error()
    {
        TaktRun run = TaktRun.Of();
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("Usage: takt", run.Error);
        foreach (string command in Commands) Assert.Contains($"  {command}", run.Error);
    }

    [Theory]
    [MemberData(nameof(NeedingArguments))]
    public void A_missing_argument_shows_the_usage(string command)
    {
        TaktRun run = TaktRun.Of(command);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("missing", run.Error);
        Assert.Contains($"Usage: takt {command} ", run.Error);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_explains_itself_in_both_languages(string command)
    {
        TaktRun english = TaktRun.Of(command, "--help").Succeeded(), chinese = TaktRun.Chinese("", command, "--help").Succeeded();
        Assert.Contains("Usage: takt " + command, english.Out);
        Assert.Contains("Options:", english.Out);
        Assert.DoesNotContain('\u9009', english.Out);
        Assert.Contains("用法： takt " + command, chinese.Out);
        Assert.Contains("选项：", chinese.Out);
        Assert.DoesNotContain("Options", chinese.Out);
        Assert.Empty(english.Error);
        Assert.DoesNotContain('\e', english.Out + chinese.Out);
    }

    [Fact]
    public void The_language_can_be_asked_for()
    {
        Assert.Contains("用法", TaktRun.Of("run", "--lang", "zh").Error);
        Assert.Contains("用法： takt run ", TaktRun.Of("--lang", "zh", "run").Error);
        Assert.Contains("Usage", TaktRun.Chinese("", "run", "--lang", "en").Error);
        Assert.Contains("fr", TaktRun.Of("run", "x", "--lang", "fr").Error);
    }

    [Theory]
    [InlineData("'rum' is no command; did you mean 'run'?", "rum", "model")]
    [InlineData("'--temp' is no option of this command; did you mean '--temperature'?", "run", "m", "--temp", "1")]
    [InlineData("'--tempreature' is no option of this command; did you mean '--temperature'?", "run", "m", "--tempreature", "1")]
    [InlineData("'--bogus' is no option of this command", "run", "m", "--bogus")]
    [InlineData("'c' is one argument too many", "run", "m", "b", "c")]
    [InlineData("--temperature: 'hot' is no number", "run", "m", "--temperature", "hot")]
    [InlineData("-n: '1.5' is no whole number", "run", "m", "-n", "1.5")]
    [InlineData("--top-p: 2 is out of range", "run", "m", "--top-p", "2")]
    [InlineData("-n needs a value", "run", "m", "-n")]
    [InlineData("--seed was given 2 times", "run", "m", "--seed", "1", "--seed", "2")]
    [InlineData("TYPE: 'q9' is not among", "quantize", "a", "b", "q9")]
    [InlineData("--kv-type: 'q8' is not among auto, f16, f32", "run", "m", "--kv-type", "q8")]
    public void A_wrong_call_is_explained(string expected, params string[] args)
    {
        TaktRun run = TaktRun.Of(args);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("error: " + expected, run.Error);
        Assert.Contains("Usage:", run.Error);
    }

    [Fact]
    public void A_prompt_with_a_dash_goes_behind_two_dashes()
    {
        // The model is missing, so the call was understood.
        Assert.Equal(1, TaktRun.Of("run", "no-such-model", "--", "--bogus").Code);
        Assert.Equal(1, TaktRun.Of("run", "no-such-model", "-5 + 3").Code);
    }

    [Fact]
    public void The_version_is_told() => Assert.Matches(@"^takt \d+\.\d+\.\d+\n$", TaktRun.Of("--version").Succeeded().Out);

    [Theory]
    [InlineData("run", "no-such-model", "hello")]
    [InlineData("inspect", "no-such-model")]
    [InlineData("tokenize", "no-such-model", "hello")]
    [InlineData("quantize", "no-such-model", "out.gguf", "q8_0")]
    public void A_model_that_is_not_there_is_one_line_in_either_language(params string[] args)
    {
        TaktRun english = TaktRun.Of(args), chinese = TaktRun.Chinese("", args);
        Assert.Equal(1, english.Code);
        Assert.Equal(1, chinese.Code);
        Assert.StartsWith("error: there is no model 'no-such-model'", english.Error);
        Assert.StartsWith("错误：找不到模型“no-such-model”", chinese.Error);
        Assert.Single(english.Error.TrimEnd().Split('\n'));
    }
}
