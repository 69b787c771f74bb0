using Takt.Testing;
using Takt.Text.Tokenizers;

namespace Takt.Text.Tests.Tokenizers;

/// <summary>llama.cpp's own test cases: texts and the ids that the original tokenizers give.</summary>
public class GgmlVocabularyTests
{
    [Theory]
    [InlineData("bert-bge")]
    [InlineData("deepseek-coder")]
    [InlineData("deepseek-llm")]
    [InlineData("falcon")]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("mpt")]
    [InlineData("phi-3")]
    [InlineData("refact")]
    [InlineData("starcoder")]
    public void Ids_equal_the_expected_ones(string name)
    {
        Tokenizer tokenizer = Vocabularies.Ggml(name);
        string file = SharedData.Path("tokenizers", "ggml-vocab", $"ggml-vocab-{name}.gguf");
        string[] texts = File.ReadAllText(file + ".inp").Split("\n__ggml_vocab_test__\n");
        string[] expected = File.ReadAllText(file + ".out").Split('\n');
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(expected[i].Trim(), string.Join(' ', tokenizer.Encode(texts[i], addSpecial: false)));
    }

    [Theory]
    [InlineData("baichuan")]
    [InlineData("gpt-neox")]
    public void Vocabularies_without_cases_round_trip(string name)
    {
        Tokenizer tokenizer = Vocabularies.Ggml(name);
        const string Text = "The quick brown fox, 3.14 naïve 你好 🙂\n\tend";
        Assert.Equal(Text, tokenizer.Decode(tokenizer.Encode(Text, addSpecial: false).ToArray()));
    }

    [Fact]
    public void Control_tokens_are_parsed_only_on_request()
    {
        Tokenizer tokenizer = Vocabularies.Ggml("llama-spm");
        Assert.Equal([1, 2], tokenizer.Encode("<s></s>", addSpecial: false));
        List<int> plain = tokenizer.Encode("<s></s>", addSpecial: false, parseSpecial: false);
        Assert.DoesNotContain(1, plain);
        Assert.Equal("<s></s>", tokenizer.Decode(plain.ToArray()));
        Assert.Equal([1, 15043], tokenizer.Encode("Hello"));
    }

    [Fact]
    public void Roles_come_from_the_metadata()
    {
        Tokenizer llama = Vocabularies.Ggml("llama-spm");
        Assert.Equal((1, 2, 0), (llama.BosId, llama.EosId, llama.UnknownId));
        Assert.True(llama.AddBos);
        Assert.False(llama.AddEos);
        Assert.Equal([2], llama.EndOfGenerationIds);
        Assert.True(llama.IsControl(1));
        Assert.Equal((byte)'\n', llama.TokenBytes(llama.Find("<0x0A>")!.Value)[0]);
        Tokenizer bert = Vocabularies.Ggml("bert-bge");
        Assert.Equal([101, 7592, 102], bert.Encode("Hello"));
        List<int> types = [];
        Assert.Equal([101, 7592, 102, 2088, 102], bert.EncodePair("Hello", "world", types));
        Assert.Equal([0, 0, 0, 1, 1], types);
    }

    [Theory]
    [InlineData("llama-spm")]
    [InlineData("gpt-2")]
    [InlineData("bert-bge")]
    public void Ids_out_of_range_are_refused(string name)
    {
        Tokenizer tokenizer = Vocabularies.Ggml(name);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenText(tokenizer.VocabularySize));
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    [InlineData("bert-bge")]
    public void Written_back_as_metadata_it_stays_the_same(string name)
    {
        Tokenizer original = Vocabularies.Ggml(name), copy = Tokenizer.FromGguf(original.ToGgufMetadata());
        string text = File.ReadAllText(SharedData.Path("tokenizers", "ggml-vocab", $"ggml-vocab-{name}.gguf.inp"));
        Assert.Equal(original.Encode(text), copy.Encode(text));
        Assert.Equal(original.EndOfGenerationIds, copy.EndOfGenerationIds);
        for (int id = 0; id < original.VocabularySize; id++) Assert.Equal(original.TokenText(id), copy.TokenText(id));
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        Tokenizer tokenizer = Vocabularies.Ggml("gpt-2");
        string[] lines = File.ReadAllLines(SharedData.Path("tokenizers", "sentencepiece", "botchan.txt"))[..400];
        Tokenizer alone = Tokenizer.FromGguf(tokenizer.ToGgufMetadata());
        List<int>[] expected = [.. lines.Select(l => alone.Encode(l))];
        var got = new List<int>[lines.Length];
        Parallel.For(0, lines.Length * 4, i => got[i % lines.Length] = tokenizer.Encode(lines[i % lines.Length]));
        Assert.Equal(expected, got);
    }
}
