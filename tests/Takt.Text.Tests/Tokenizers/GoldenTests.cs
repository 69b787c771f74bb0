using System.Text.Json;
using Takt.Testing;
using Takt.Text.Tokenizers;

namespace Takt.Text.Tests.Tokenizers;

/// <summary>246 texts each, with the ids that Hugging Face's tokenizers and SentencePiece give.</summary>
public class GoldenTests
{
    private const string MiniLm = "models/all-minilm-l6-v2/", E5 = "models/multilingual-e5-small-zh-en/";

    [Theory]
    [InlineData("tokenizers/qwen3/tokenizer.json", "tokenizers/qwen3/golden.json")]
    [InlineData("tokenizers/gpt2/tokenizer.json", "tokenizers/gpt2/golden.json")]
    [InlineData("tokenizers/minimind/tokenizer.json", "tokenizers/minimind/golden.json")]
    [InlineData("tokenizers/phi3/tokenizer.json", "tokenizers/phi3/golden.json")]
    [InlineData("tokenizers/whisper/tokenizer.json", "tokenizers/whisper/golden.json")]
    [InlineData("tokenizers/sentencepiece/test_model.model", "tokenizers/sentencepiece/test_model.model.golden.json")]
    [InlineData("tokenizers/sentencepiece/test_ja_model.model", "tokenizers/sentencepiece/test_ja_model.model.golden.json")]
    [InlineData("tokenizers/bert/bert-base-chinese.vocab.txt", "tokenizers/bert/bert-base-chinese.vocab.txt.golden.json")]
    [InlineData("tokenizers/bert/bert-base-uncased.vocab.txt", "tokenizers/bert/bert-base-uncased.vocab.txt.golden.json")]
    [InlineData(MiniLm + "tokenizer.json", MiniLm + "tokenizer-golden.json")]
    [InlineData(MiniLm + "vocab.txt", MiniLm + "tokenizer-golden.json")]
    [InlineData(E5 + "spiece.model", E5 + "spiece.model.golden.json")]
    public void Ids_equal_the_reference(string file, string golden) =>
        Check(Vocabularies.File(file), golden, parseSpecial: true);

    [Fact]
    public void Unigram_from_gguf_equals_the_reference() =>
        Check(Vocabularies.Gguf(E5 + "multilingual-e5-small-zh-en-Q4_0.gguf"), E5 + "spiece.model.golden.json", parseSpecial: false);

    [Theory]
    [InlineData("tokenizers/qwen3/tokenizer.json", "tokenizers/qwen3/golden.json", true)]
    [InlineData("tokenizers/gpt2/tokenizer.json", "tokenizers/gpt2/golden.json", true)]
    [InlineData("tokenizers/minimind/tokenizer.json", "tokenizers/minimind/golden.json", true)]
    [InlineData("tokenizers/phi3/tokenizer.json", "tokenizers/phi3/golden.json", true)]
    [InlineData("tokenizers/whisper/tokenizer.json", "tokenizers/whisper/golden.json", true)]
    [InlineData("tokenizers/sentencepiece/test_model.model", "tokenizers/sentencepiece/test_model.model.golden.json", false)]
    [InlineData("tokenizers/bert/bert-base-chinese.vocab.txt", "tokenizers/bert/bert-base-chinese.vocab.txt.golden.json", true)]
    [InlineData(MiniLm + "tokenizer.json", MiniLm + "tokenizer-golden.json", true)]
    [InlineData(E5 + "spiece.model", E5 + "spiece.model.golden.json", false)]
    public void Written_as_gguf_it_stays_the_same(string file, string golden, bool parseSpecial)
    {
        Tokenizer original = Vocabularies.File(file);
        Tokenizer copy = Tokenizer.FromGguf(original.ToGgufMetadata());
        Check(copy, golden, parseSpecial);
        Assert.Equal(original.VocabularySize, copy.VocabularySize);
        Assert.Equal(original.BosId, copy.BosId);
        Assert.Equal(original.EosId, copy.EosId);
        Assert.Equal(original.PadId, copy.PadId);
        Assert.Equal(original.Encode("Hello"), copy.Encode("Hello"));
        Assert.Superset(copy.EndOfGenerationIds.ToHashSet(), original.EndOfGenerationIds.ToHashSet());
        for (int id = 0; id < original.VocabularySize; id++)
            Assert.True(original.TokenBytes(id).SequenceEqual(copy.TokenBytes(id)), $"token {id}: {original.TokenText(id)}");
    }

    [Fact]
    public void The_file_kind_is_recognised()
    {
        Assert.Equal(151669, Tokenizer.Load(SharedData.Path("tokenizers", "qwen3")).VocabularySize);
        Assert.Equal(30522, Tokenizer.Load(SharedData.Path("models", "all-minilm-l6-v2", "vocab.txt")).VocabularySize);
        Assert.Equal(1000, Tokenizer.Load(SharedData.Path("tokenizers", "sentencepiece", "test_model.model")).VocabularySize);
    }

    [Fact]
    public void Roles_come_from_the_files()
    {
        Tokenizer qwen = Vocabularies.File("tokenizers/qwen3/tokenizer.json");
        Assert.Equal("<|im_end|>", qwen.TokenText(qwen.EosId!.Value));
        Assert.Contains(qwen.Find("<|endoftext|>")!.Value, qwen.EndOfGenerationIds);
        Assert.False(qwen.AddBos);
        Assert.False(qwen.IsControl(qwen.Find("<tool_call>")!.Value));
        Tokenizer mini = Vocabularies.File(MiniLm + "tokenizer.json");
        Assert.Equal([101, 7592, 102], mini.Encode("Hello"));
        Assert.Equal("[CLS] hello [SEP]", mini.Decode([101, 7592, 102]));
        Assert.Equal("hello", mini.Decode([101, 7592, 102], skipSpecial: true));
        Tokenizer whisper = Vocabularies.File("tokenizers/whisper/tokenizer.json");
        Assert.Equal([50258, 50363, 15947, 50257], whisper.Encode("Hello"));
    }

    private static void Check(Tokenizer tokenizer, string golden, bool parseSpecial)
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path(golden)));
        foreach (JsonElement item in cases.RootElement.EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            Assert.Equal(item.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()), tokenizer.Encode(text, addSpecial: false, parseSpecial));
        }
    }
}
