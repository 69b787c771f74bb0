using System.Text;
using Takt.Formats.Tests.Gguf;
using Takt.Formats.Tests.Llama2c;
using Takt.Formats.Tests.Safetensors;

namespace Takt.Formats.Tests;

public sealed class ModelFilesTests
{
    private static readonly byte[] Gguf = new GgufBytes().Pair("general.name", 8, "g").Tensor("t", 24, [1, 2], 2).Build();
    // The header's length is 123, whose first byte is the brace of a JSON file.
    private static readonly byte[] Safetensors = SafetensorsBytes.Build("""{"t":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}""".PadRight(123), 1, 2);

    private static string Refused(string name, byte[] content)
    {
        using var folder = new TempFolder();
        string path = folder.Write(name, content);
        string message = Assert.Throws<InvalidDataException>(() => ModelFiles.Open(path)).Message;
        Assert.Contains(path, message);
        return message;
    }

    [Theory]
    [InlineData("m.gguf")]
    [InlineData("m.safetensors")]
    [InlineData("m.bin")]
    [InlineData("blob")]
    public void The_content_says_what_it_is_and_not_the_name(string name)
    {
        using var folder = new TempFolder();
        foreach (byte[] content in new[] { Gguf, Safetensors })
        {
            using ModelFile file = ModelFiles.Open(folder.Write(name, content));
            Assert.Equal([1, 2], file.Find("t")!.Bytes.ToArray());
        }
    }

    [Fact]
    public void Llama2c_models_and_indexes_open()
    {
        using var folder = new TempFolder();
        using (ModelFile file = ModelFiles.Open(folder.Write("m.bin", Llama2cBytes.Model()))) Assert.NotNull(file.Find("token_embd.weight"));
        folder.Write("m.safetensors", Safetensors);
        using (ModelFile file = ModelFiles.Open(folder.Write("model.safetensors.index.json", """{"weight_map":{"t":"m.safetensors"}}""")))
            Assert.NotNull(file.Find("t"));
    }

    [Fact]
    public void A_folder_opens_when_it_holds_one_gguf_model()
    {
        using var folder = new TempFolder();
        Assert.Contains("neither config.json nor a GGUF", Assert.Throws<InvalidDataException>(() => ModelFiles.Open(folder.Path)).Message);
        byte[] Part(int number) => new GgufBytes().Pair("split.no", 2, (ushort)number).Pair("split.count", 2, (ushort)2).Tensor($"t{number}", 24, [1], 1).Build();
        folder.Write("m-00001-of-00002.gguf", Part(0));
        folder.Write("m-00002-of-00002.gguf", Part(1));
        using (ModelFile file = ModelFiles.Open(folder.Path)) Assert.Equal(2, file.Tensors.Count);
        folder.Write("n.gguf", Gguf);
        Assert.Contains("2 GGUF models", Assert.Throws<InvalidDataException>(() => ModelFiles.Open(folder.Path)).Message);
        folder.Write("config.json", "{}");
        Assert.Contains("Hugging Face folder", Assert.Throws<InvalidDataException>(() => ModelFiles.Open(folder.Path)).Message);
    }

    [Fact]
    public void What_is_no_model_is_called_by_its_name()
    {
        Assert.Contains("empty", Refused("m.gguf", []));
        Assert.Contains("git lfs pull", Refused("m.gguf", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n"u8.ToArray()));
        Assert.Contains("zip archive", Refused("pytorch_model.bin", "PK\x03\x04\0\0\0\0"u8.ToArray()));
        Assert.Contains("pickle", Refused("model.pt", [0x80, 2, (byte)'}', 0]));
        Assert.Contains("pickle", Refused("model.bin", [0x80, 2, 0x8a, 10, (byte)'l']));
        Assert.Contains("web page", Refused("m.gguf", "\n <!DOCTYPE html><html>"u8.ToArray()));
        Assert.Contains("web page", Refused("m.safetensors", Encoding.UTF8.GetPreamble().Concat("<HTML>"u8.ToArray()).ToArray()));
        Assert.Contains("JSON", Refused("tokenizer.json", "{ \"a\": 1 }"u8.ToArray()));
        Assert.Contains("before GGUF", Refused("m.bin", "tjgg\x03\0\0\0"u8.ToArray()));
        Assert.Contains("reverse order", Refused("m.gguf", "FUGG\0\0\0\x03"u8.ToArray()));
        Assert.Contains("gzip", Refused("m.gz", [0x1f, 0x8b, 8, 0]));
        Assert.Contains("0102", Refused("m.gguf", [1, 2]));
        Assert.Contains("the file ends", Refused("m.safetensors", [1, 2]));
        Assert.Contains("llama2.c", Refused("m.bin", new byte[100]));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.safetensors.index.json")]
    public void A_git_lfs_pointer_in_a_folder_is_recognised(string name)
    {
        using var folder = new TempFolder();
        folder.Write("config.json", "{}");
        folder.Write(name, "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n");
        Assert.Contains("git lfs pull", Assert.Throws<InvalidDataException>(() => new HuggingFaceFolder(folder.Path).OpenTensors()).Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/no/such/model.gguf", Assert.Throws<FileNotFoundException>(() => ModelFiles.Open("/no/such/model.gguf")).Message);
}
