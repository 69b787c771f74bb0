namespace Takt.Cli.Tests;

public class TemplateTests(TinyModel models)
{
    private const string Conversation =
        """{"messages": [{"role": "user", "content": "你好 <b>"}], "add_generation_prompt": true, "tools": null}""";

    [Fact]
    public void The_models_template_is_rendered_exactly() =>
        Assert.Equal("<|user|>你好 <b>\n<|assistant|>", TaktRun.With(Conversation, "template", models.Chat).Succeeded().Out);

    [Fact]
    public void A_jinja_file_needs_no_model()
    {
        string file = models.Write("t.jinja", "{{ bos_token }}{{ messages[0].content | upper }}{{ strftime_now('%Y') }}");
        string input = """{"messages": [{"role": "user", "content": "hi"}], "bos_token": "<s>", "now": "2024-07-26T12:00:00"}""";
        Assert.Equal("<s>HI2024", TaktRun.With(input, "template", file).Succeeded().Out);
    }

    [Fact]
    public void A_message_can_be_an_argument() =>
        Assert.Equal("<|user|>hi\n<|assistant|>", TaktRun.Of("template", models.Chat, "hi").Succeeded().Out);

    [Fact]
    public void The_models_tokens_are_variables()
    {
        string input = """{"messages": []}""";
        Assert.Equal("", TaktRun.With(input, "template", models.Chat).Succeeded().Out);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    public void Other_input_is_refused(string input)
    {
        TaktRun run = TaktRun.With(input, "template", models.Chat);
        Assert.Equal(1, run.Code);
        Assert.Contains("""{"messages":""", run.Error);
    }

    [Fact]
    public void A_template_that_refuses_says_where_and_why()
    {
        TaktRun run = TaktRun.With("{}", "template", models.Write("refuse.jinja", "a\n{{ raise_exception('only users') }}"));
        Assert.Equal(1, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("only users", run.Error);
        Assert.Contains("2", run.Error);
    }

    [Fact]
    public void A_model_without_a_template_says_so()
    {
        TaktRun run = TaktRun.With(Conversation, "template", models.Plain);
        Assert.Equal(1, run.Code);
        Assert.Contains("no chat template", run.Error);
    }
}
