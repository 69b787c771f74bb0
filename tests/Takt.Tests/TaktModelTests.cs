using Takt.Engine.Sampling;

namespace Takt.Tests;

public class TaktModelTests(TinyModel models)
{
    private static readonly GenerationOptions _greedy = new() { MaxTokens = 12, Sampling = SamplingOptions.Greedy, IgnoreStopTokens = true };

    [Fact]
    public void Pieces_make_up_the_text()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        Generation generation = model.Generate("hello", _greedy);
        Assert.Null(generation.FinishReason);
        string streamed = string.Concat(generation);
        Assert.Equal(generation.Text, streamed);
        Assert.Equal(12, generation.Tokens);
        Assert.Equal(generation.Ids, model.Generate("hello", _greedy) is var again && again.ToEnd() == streamed ? again.Ids : []);
        Assert.Equal(FinishReason.MaxTokens, generation.FinishReason);
        Assert.Empty(generation);
    }

    [Fact]
    public void Texts_can_be_generated_in_turns()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        string alone = model.Generate("a", _greedy).ToEnd(), other = model.Generate("b", _greedy).ToEnd();
        Generation first = model.Generate("a", _greedy), second = model.Generate("b", _greedy);
        Assert.Equal(other, second.ToEnd());
        Assert.Equal(alone, first.ToEnd());
    }

    [Fact]
    public void Leaving_early_cancels_the_rest_and_frees_the_cache()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        int free = model.Engine.FreeBlocks;
        Generation generation = model.Generate("hello", _greedy);
        foreach (string _ in generation) break;
        Assert.Equal(FinishReason.Cancelled, generation.FinishReason);
        Assert.Equal(free, model.Engine.FreeBlocks);

        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Equal("", model.Generate("hello", _greedy, source.Token).ToEnd());
        Assert.Equal(free, model.Engine.FreeBlocks);
    }

    [Fact]
    public void The_template_may_write_bos_itself_or_leave_it()
    {
        using TaktModel model = TaktModel.Open(models.Chat);
        int[] ids = model.EncodeChat([new ChatMessage("user", "hi")]);
        Assert.Equal(1, ids[0]);
        Assert.NotEqual(1, ids[1]);
        Assert.Equal([1, .. model.Tokenizer.Encode("[user]hi[assistant]", addSpecial: false)], ids);
    }

    [Fact]
    public void Logits_can_be_read_of_every_position()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        List<float[]> all = [], last = [];
        model.ReadLogits([1, 50, 60], all: true, (_, row) => all.Add(row.ToArray()));
        model.ReadLogits([1, 50, 60], all: false, (_, row) => last.Add(row.ToArray()));
        Assert.Equal(3, all.Count);
        Assert.Equal(all[2], Assert.Single(last));
        Assert.Throws<ArgumentException>(() => model.ReadLogits([300], all: true, (_, _) => { }));
    }

    [Fact]
    public void A_file_that_is_missing_or_damaged_leaves_nothing_open()
    {
        Assert.ThrowsAny<IOException>(() => TaktModel.Open("/no/such/model.gguf"));
        string cut = models.Plain + ".cut";
        File.WriteAllBytes(cut, File.ReadAllBytes(models.Plain)[..2000]);
        Assert.Throws<InvalidDataException>(() => TaktModel.Open(cut));
        File.Delete(cut);
    }

    [Fact]
    public void A_context_larger_than_the_models_is_refused() =>
        Assert.Throws<ArgumentException>(() => TaktModel.Open(models.Plain, new ModelOptions { ContextLength = 129 }));

    [Theory]
    [InlineData("llama")]
    [InlineData("gemma3")]
    [InlineData("gpt-oss")]
    public void Folders_of_hugging_face_models_run(string name)
    {
        using TaktModel model = TaktModel.Open(Testing.SharedData.Path("models", "tiny", name));
        Assert.False(model.HasTokenizer);
        Assert.Throws<InvalidDataException>(() => model.Tokenizer);
        int rows = 0;
        model.ReadLogits([3, 4, 5], all: true, (_, _) => rows++);
        Assert.Equal(3, rows);
    }
}
