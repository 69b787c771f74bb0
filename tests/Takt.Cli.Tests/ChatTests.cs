using System.Text.Json;

namespace Takt.Cli.Tests;

public class ChatTests(TinyModel models)
{
    private static readonly string[] _options = ["-n", "6", "--temperature", "0"];

    [Theory]
    [InlineData("退出")]
    [InlineData("exit")]
    [InlineData("/exit")]
    public void It_ends_when_asked_to(string word)
    {
        TaktRun run = Chat($"{word}\nnot read\n");
        Assert.Equal("What is your question?\n", run.Out);
    }

    [Fact]
    public void It_asks_in_the_users_language() =>
        Assert.StartsWith("您有什么问题吗？\n", TaktRun.Chinese("退出\n", "chat", models.Chat).Succeeded().Out);

    [Fact]
    public void Every_turn_is_answered_and_remembered()
    {
        string file = models.File("saved.json");
        TaktRun run = Chat($"hello\nhow are you\n/save {file}\n");
        Assert.Equal(4, run.Out.Split("What is your question?").Length - 1);
        JsonElement messages = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages");
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("how are you", messages[2].GetProperty("content").GetString());
        Assert.DoesNotContain('\e', run.Out + run.Error);
    }

    [Fact]
    public void A_conversation_can_be_taken_up_again()
    {
        string first = models.File("first.json"), second = models.File("second.json");
        Chat($"/set system Be brief.\nhello\n/save {first}\n");
        Chat($"/load {first}\nagain\n/save {second}\n");
        JsonElement messages = JsonDocument.Parse(File.ReadAllText(second)).RootElement.GetProperty("messages");
        Assert.Equal(5, messages.GetArrayLength());
        Assert.Equal("Be brief.", messages[0].GetProperty("content").GetString());
        TaktRun direct = TaktRun.With($"again\n/save {second}\n", ["chat", models.Chat, "--load", first, .. _options]).Succeeded();
        Assert.Contains("5 messages", direct.Error);
    }

    [Fact]
    public void A_message_may_have_several_lines()
    {
        string file = models.File("lines.json");
        Chat($"one \\\ntwo\n\"\"\"\nthree\n\nfour\n\"\"\"\n/save {file}\n");
        JsonElement messages = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages");
        Assert.Equal("one \ntwo", messages[0].GetProperty("content").GetString());
        Assert.Equal("three\n\nfour", messages[2].GetProperty("content").GetString());
    }

    [Fact]
    public void When_the_context_is_full_the_oldest_turns_go()
    {
        string file = models.File("long.json");
        string turn = string.Concat(Enumerable.Repeat("word ", 8));
        TaktRun run = Chat($"{turn}\n{turn}\n{turn}\n{turn}\n/save {file}\n");
        Assert.Contains("the context is full", run.Error);
        JsonElement messages = JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages");
        Assert.InRange(messages.GetArrayLength(), 2, 6);
        Assert.Equal("user", messages[0].GetProperty("role").GetString());
    }

    [Fact]
    public void A_message_longer_than_the_context_is_refused_and_the_chat_goes_on()
    {
        TaktRun run = Chat(string.Concat(Enumerable.Repeat("word ", 300)) + "\nhello\n");
        Assert.Contains("error: the message takes", run.Error);
        Assert.Equal(3, run.Out.Split("What is your question?").Length - 1);
    }

    [Fact]
    public void Settings_are_shown_and_changed()
    {
        TaktRun run = Chat("/set temperature 0.5\n/set top-k 7\n/set seed 3\n/set system Be kind.\n/set\n");
        Assert.Matches("temperature +0.5\n", run.Out);
        Assert.Matches("top-k +7\n", run.Out);
        Assert.Matches("seed +3\n", run.Out);
        Assert.Matches("system +Be kind.\n", run.Out);
    }

    [Theory]
    [InlineData("/set top-k many", "'many' does not fit top-k")]
    [InlineData("/set colour red", "'colour' is no setting")]
    [InlineData("/hlep", "'/hlep' is no command here; did you mean '/help'?")]
    [InlineData("/save", "/save needs a file name")]
    [InlineData("/load /no/such/file", "/no/such/file")]
    public void What_cannot_be_done_is_said_and_the_chat_goes_on(string line, string expected)
    {
        TaktRun run = Chat(line + "\n");
        Assert.Contains(expected, run.Error);
        Assert.EndsWith("What is your question?\n", run.Out);
    }

    [Fact]
    public void A_file_that_is_no_conversation_is_refused()
    {
        TaktRun run = Chat($"/load {models.Write("other.json", "{\"messages\": [{\"role\": 3}]}")}\n");
        Assert.Contains("holds no conversation", run.Error);
    }

    [Fact]
    public void A_model_without_a_template_can_talk_too()
    {
        TaktRun run = TaktRun.With("hello\n", ["chat", models.Plain, .. _options]).Succeeded();
        Assert.Contains("no chat template", run.Error);
    }

    [Fact]
    public void Help_and_clear()
    {
        string file = models.File("cleared.json");
        TaktRun run = Chat($"/help\nhello\n/clear\n/save {file}\n");
        Assert.Contains("/save FILE", run.Out);
        Assert.Equal(0, JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("messages").GetArrayLength());
    }

    private TaktRun Chat(string input) => TaktRun.With(input, ["chat", models.Chat, .. _options]).Succeeded();
}
