using Takt.Engine.Sampling;

namespace Takt.Tests;

public class ChatSessionTests(TinyModel models)
{
    private static readonly GenerationOptions _options = new() { MaxTokens = 4, Sampling = SamplingOptions.Greedy, IgnoreStopTokens = true };

    [Fact]
    public void Turns_are_remembered_and_the_oldest_go_when_the_context_is_full()
    {
        using TaktModel model = TaktModel.Open(models.Chat);
        var session = new ChatSession(model) { System = "be kind" };
        int dropped = 0;
        for (int turn = 0; turn < 8; turn++)
        {
            Generation answer = session.Ask($"question {turn}", _options, out int now);
            answer.ToEnd();
            Assert.True(answer.PromptTokens + 4 <= model.ContextLength);
            session.Keep(answer);
            dropped += now;
        }

        Assert.True(dropped > 0);
        Assert.Equal("be kind", session.System);
        Assert.Equal(1 + 2 * (8 - dropped), session.Messages.Count);
        Assert.Equal($"question {dropped}", session.Messages[1].Content);
    }

    [Fact]
    public void A_message_that_never_fits_leaves_the_conversation_as_it_was()
    {
        using TaktModel model = TaktModel.Open(models.Chat);
        var session = new ChatSession(model);
        Generation answer = session.Ask("hi", _options, out _);
        answer.ToEnd();
        session.Keep(answer);
        Assert.Throws<InvalidDataException>(() => session.Ask(new string('x', 500), _options, out _));
        Assert.Equal(2, session.Messages.Count);
    }

    [Fact]
    public void A_question_without_an_answer_is_forgotten()
    {
        using TaktModel model = TaktModel.Open(models.Chat);
        var session = new ChatSession(model);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Generation answer = session.Ask("hi", _options, out _, source.Token);
        answer.ToEnd();
        session.Keep(answer);
        Assert.Empty(session.Messages);
    }

    [Fact]
    public void The_system_message_comes_first_and_can_be_taken_away()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        var session = new ChatSession(model);
        session.Load([new ChatMessage("user", "a"), new ChatMessage("assistant", "b")]);
        session.System = "one";
        session.System = "two";
        Assert.Equal(["system", "user", "assistant"], session.Messages.Select(m => m.Role));
        session.Clear();
        Assert.Equal("two", Assert.Single(session.Messages).Content);
        session.System = null;
        Assert.Empty(session.Messages);
    }
}
