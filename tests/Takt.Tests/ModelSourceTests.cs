using Takt.Models.Quantization;

namespace Takt.Tests;

public sealed class ModelSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_becomes_a_file_with_its_tokenizer_and_template()
    {
        CopyModel("llama");
        File.WriteAllText(Path.Combine(_folder, "chat_template.jinja"), "{{ eos_token }}{% for m in messages %}{{ m.content }}{% endfor %}");
        string file = Path.Combine(_folder, "written.gguf");
        int[] ids;
        using (ModelSource folder = ModelSource.Open(_folder))
        {
            ids = [.. folder.Tokenizer!.Encode("abba cab<s>", addSpecial: false)];
            Assert.Equal("</s>hi", folder.Render([new ChatMessage("user", "hi")]));
            ModelQuantizer.Write(folder.ToGguf(), file, QuantizationTarget.Parse("f16"), pure: false, threads: 1);
        }

        using ModelSource written = ModelSource.Open(file);
        Assert.Equal(ids, written.Tokenizer!.Encode("abba cab<s>", addSpecial: false));
        Assert.Equal("abba cab<s>", written.Tokenizer.Decode(ids));
        Assert.Equal("</s>hi", written.Render([new ChatMessage("user", "hi")]));
        Assert.Equal(1u, written.File.Metadata["general.file_type"]);
    }

    [Fact]
    public void A_weights_file_stands_for_its_folder()
    {
        CopyModel("llama");
        using ModelSource source = ModelSource.Open(Path.Combine(_folder, "model.safetensors"));
        Assert.Equal("llama", source.File.Metadata["general.architecture"]);
        Assert.NotNull(source.Tokenizer);
        Assert.Null(source.ChatTemplate);
    }

    [Theory]
    [InlineData("""{"chat_template": "one"}""", "one")]
    [InlineData("""{"chat_template": [{"name": "tool_use", "template": "two"}, {"name": "default", "template": "three"}]}""", "three")]
    [InlineData("""{"chat_template": [{"name": "rag", "template": "four"}]}""", null)]
    [InlineData("""{"chat_template": [5, {"template": "five"}, {"name": 6}, {"name": "default", "template": 7}]}""", null)]
    [InlineData("{}", null)]
    public void Older_folders_keep_the_template_in_the_tokenizers_configuration(string config, string? expected)
    {
        CopyModel("llama");
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), config);
        using ModelSource source = ModelSource.Open(_folder);
        Assert.Equal(expected, source.ChatTemplate?.Render(new Dictionary<string, object?>()));
    }

    [Fact]
    public void A_folder_without_weights_still_has_its_tokenizer()
    {
        CopyModel("llama");
        File.Delete(Path.Combine(_folder, "model.safetensors"));
        using ModelSource source = ModelSource.Open(_folder);
        Assert.NotNull(source.Tokenizer);
        Assert.ThrowsAny<IOException>(() => source.File);
    }

    // A byte-level BPE of a few letters, which fits the tiny models' vocabulary of 160.
    private void CopyModel(string name)
    {
        string shared = Testing.SharedData.Path("models", "tiny", name);
        foreach (string file in (string[])["config.json", "model.safetensors"]) File.Copy(Path.Combine(shared, file), Path.Combine(_folder, file));
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), """
            {
              "version": "1.0",
              "added_tokens": [
                {"id": 0, "content": "<unk>", "special": true, "normalized": false, "single_word": false, "lstrip": false, "rstrip": false},
                {"id": 1, "content": "<s>", "special": true, "normalized": false, "single_word": false, "lstrip": false, "rstrip": false},
                {"id": 2, "content": "</s>", "special": true, "normalized": false, "single_word": false, "lstrip": false, "rstrip": false}
              ],
              "normalizer": null,
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
              "post_processor": null,
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
              "model": {
                "type": "BPE", "unk_token": null, "fuse_unk": false, "byte_fallback": false,
                "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "a": 3, "b": 4, "c": 5, "Ġ": 6, "ab": 7, "ba": 8, "Ġc": 9},
                "merges": ["a b", "b a", "Ġ c"]
              }
            }
            """);
        string config = Path.Combine(_folder, "tokenizer_config.json");
        File.WriteAllText(config, """{"bos_token": "<s>", "eos_token": "</s>"}""");
    }
}
