using System.Text.Json;

namespace Takt.Cli.Tests;

public class RunTests(TinyModel models)
{
    [Fact]
    public void Json_has_the_contracts_fields_and_nothing_else_is_printed()
    {
        TaktRun run = TaktRun.Of("run", models.Plain, "hello", "-n", "5", "--temperature", "0", "--json").Succeeded();
        JsonElement json = run.Json;
        Assert.Equal(
            ["text", "ids", "prompt_tokens", "tokens", "ttft_s", "tokens_per_s", "cycles", "stop_reason", "times", "memory"],
            json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(json.GetProperty("tokens").GetInt32(), json.GetProperty("ids").GetArrayLength());
        Assert.InRange(json.GetProperty("tokens").GetInt32(), 1, 5);
        Assert.True(json.GetProperty("ttft_s").GetDouble() > 0);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void The_text_is_streamed_and_the_summary_is_on_standard_error()
    {
        string text = TaktRun.Of("run", models.Plain, "hello", "-n", "8", "--temperature", "0", "--json").Json.GetProperty("text").GetString()!;
        TaktRun run = TaktRun.Of("run", models.Plain, "hello", "-n", "8", "--temperature", "0").Succeeded();
        Assert.Equal(text.TrimEnd('\n'), run.Out.TrimEnd('\n'));
        Assert.Matches(@"^\d+ tokens, [\d.]+ tokens/s, \d+ cycles, first token after ", run.Error);
        Assert.DoesNotContain('\e', run.Out + run.Error);
        Assert.Contains("词元/秒", TaktRun.Chinese("", "run", models.Plain, "hello", "-n", "1").Error);
    }

    [Fact]
    public void The_prompt_may_come_from_standard_input()
    {
        string[] options = ["-n", "6", "--temperature", "0", "--json"];
        string argument = TaktRun.Of(["run", models.Plain, "two\nlines", .. options]).Json.GetProperty("text").GetString()!;
        Assert.Equal(argument, TaktRun.With("two\nlines\n", ["run", models.Plain, .. options]).Json.GetProperty("text").GetString());
    }

    [Fact]
    public void Without_a_prompt_the_model_starts_from_bos_alone() =>
        Assert.Equal(1, TaktRun.Of("run", models.Plain, "-n", "3", "--json").Succeeded().Json.GetProperty("prompt_tokens").GetInt32());

    [Fact]
    public void The_chat_template_is_used_unless_raw()
    {
        int chat = PromptTokens("run", models.Chat, "hi", "-n", "1", "--json");
        int raw = PromptTokens("run", models.Chat, "hi", "-n", "1", "--json", "--raw");
        int plain = PromptTokens("run", models.Plain, "hi", "-n", "1", "--json");
        Assert.Equal(plain, raw);
        Assert.True(chat > raw);
        Assert.True(PromptTokens("run", models.Chat, "hi", "--system", "be kind", "-n", "1", "--json") > chat);
    }

    [Fact]
    public void The_same_seed_gives_the_same_text()
    {
        JsonElement Text(string seed) => TaktRun.Of("run", models.Plain, "x", "-n", "20", "--temperature", "2", "--top-k", "0", "--seed", seed, "--json").Json.GetProperty("ids");
        Assert.Equal(Text("7").ToString(), Text("7").ToString());
        Assert.NotEqual(Text("7").ToString(), Text("8").ToString());
    }

    [Fact]
    public void It_stops_where_it_should()
    {
        JsonElement free = TaktRun.Of("run", models.Plain, "x", "-n", "40", "--temperature", "0", "--ignore-eos", "--json").Json;
        Assert.Equal("max_tokens", free.GetProperty("stop_reason").GetString());
        Assert.Equal(40, free.GetProperty("tokens").GetInt32());
        string text = free.GetProperty("text").GetString()!;
        string stop = text[5..7];
        JsonElement cut = TaktRun.Of("run", models.Plain, "x", "-n", "40", "--temperature", "0", "--ignore-eos", "--json", "--stop", stop, "--stop", "never").Json;
        Assert.Equal("stop_string", cut.GetProperty("stop_reason").GetString());
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], cut.GetProperty("text").GetString());

        JsonElement full = TaktRun.Of("run", models.Plain, "x", "-n", "-1", "--ignore-eos", "--context", "32", "--json").Json;
        Assert.Equal("context_full", full.GetProperty("stop_reason").GetString());
        Assert.Equal(0, TaktRun.Of("run", models.Plain, "x", "-n", "0", "--json").Succeeded().Json.GetProperty("tokens").GetInt32());
    }

    [Fact]
    public void A_prompt_longer_than_the_context_is_refused()
    {
        TaktRun run = TaktRun.With(string.Concat(Enumerable.Repeat("many words ", 100)), "run", models.Plain, "--raw");
        Assert.Equal(1, run.Code);
        Assert.Contains("128", run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Ctrl_c_ends_a_run_with_what_there_is()
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Shell.Terminal(stdin, stdout, stderr, Shell.Language.En);
        terminal.Interrupt.Press();
        Assert.Equal(130, Program.Run(["run", models.Plain, "x", "-n", "50", "--json"], terminal));
        Assert.Equal("cancelled", JsonDocument.Parse(stdout.ToArray()).RootElement.GetProperty("stop_reason").GetString());
    }

    [Theory]
    [InlineData("an architecture that is unknown", "martian")]
    [InlineData("no tokenizer", "has no tokenizer")]
    public void What_cannot_run_says_why(string what, string expected)
    {
        TaktRun run = TaktRun.Of("run", what.StartsWith("an", StringComparison.Ordinal) ? models.Unknown : models.Bare, "x");
        Assert.Equal(1, run.Code);
        Assert.Contains(expected, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("stories260K", "stories260K.bin")]
    [InlineData("stories260K", "stories260K.gguf")]
    [InlineData("babyllama-char105", "model.bin")]
    public void Real_models_write_what_they_are_known_to_write(string folder, string file)
    {
        string expected = File.ReadAllText(Testing.SharedData.Path("models", folder, "expected_greedy.txt"));
        TaktRun run = TaktRun.Of("run", Testing.SharedData.Path("models", folder, file), "-n", "256", "--temperature", "0").Succeeded();
        Assert.Equal(expected.TrimEnd('\n'), run.Out.TrimEnd('\n'));
    }

    private static int PromptTokens(params string[] args) => TaktRun.Of(args).Succeeded().Json.GetProperty("prompt_tokens").GetInt32();
}
