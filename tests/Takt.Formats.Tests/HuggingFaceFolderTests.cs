using Takt.Formats.Tests.Safetensors;
using Takt.Testing;

namespace Takt.Formats.Tests;

public sealed class HuggingFaceFolderTests
{
    [Fact]
    public void A_real_folder_gives_its_parts()
    {
        string path = SharedData.Path("models", "all-minilm-l6-v2");
        Assert.True(HuggingFaceFolder.IsOne(path));
        var folder = new HuggingFaceFolder(path);
        Assert.Equal(384, folder.Config.GetProperty("hidden_size").GetInt32());
        Assert.Equal(Path.Combine(path, "tokenizer.json"), folder.TokenizerJson);
        Assert.Equal(Path.Combine(path, "tokenizer_config.json"), folder.TokenizerConfig);
        Assert.Equal(Path.Combine(path, "vocab.txt"), folder.VocabTxt);
        Assert.Equal(Path.Combine(path, "special_tokens_map.json"), folder.SpecialTokensMap);
        Assert.Null(folder.SentencePieceModel);
        Assert.Null(folder.ChatTemplate);
        Assert.Null(folder.GenerationConfig);
        using ModelFile tensors = folder.OpenTensors();
        Assert.Equal([384L, 30522L], tensors.Find("embeddings.word_embeddings.weight")!.Shape);
    }

    [Fact]
    public void Weights_may_lie_in_several_files()
    {
        using var temp = new TempFolder();
        temp.Write("config.json", "\uFEFF{\"model_type\":\"x\"}");
        temp.Write("generation_config.json", """{"eos_token_id":2}""");
        temp.Write("a.safetensors", SafetensorsBytes.Build("""{"t":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 5));
        temp.Write("model.safetensors.index.json", """{"weight_map":{"t":"a.safetensors"}}""");
        var folder = new HuggingFaceFolder(temp.Path);
        Assert.Equal(2, folder.GenerationConfig!.Value.GetProperty("eos_token_id").GetInt32());
        using ModelFile tensors = folder.OpenTensors();
        Assert.Equal([5], tensors.Find("t")!.Bytes.ToArray());
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        using var temp = new TempFolder();
        Assert.False(HuggingFaceFolder.IsOne(temp.Path));
        Assert.Contains("config.json", Assert.Throws<FileNotFoundException>(() => new HuggingFaceFolder(temp.Path)).Message);
        temp.Write("config.json", "[1]");
        Assert.Contains("object was expected", Assert.Throws<InvalidDataException>(() => new HuggingFaceFolder(temp.Path)).Message);
        temp.Write("config.json", "{}");
        var folder = new HuggingFaceFolder(temp.Path);
        Assert.Contains("no weights", Assert.Throws<FileNotFoundException>(folder.OpenTensors).Message);
        temp.Write("pytorch_model.bin", "PK");
        Assert.Contains("pytorch_model.bin, perhaps PyTorch weights", Assert.Throws<FileNotFoundException>(folder.OpenTensors).Message);
    }
}
