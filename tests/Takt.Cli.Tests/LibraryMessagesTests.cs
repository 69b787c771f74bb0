using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

/// <summary>Errors of the libraries are provoked, not quoted, so that a text changed there is noticed here.</summary>
public class LibraryMessagesTests(TinyModel models)
{
    public static TheoryData<string, byte[]> Files => new()
    {
        { "文件为空", [] },
        { "不是已知格式的模型文件（开头字节为 6a75737420736f6d）", "just some notes"u8.ToArray() },
        { "是 JSON 文件，不是权重", "{ }"u8.ToArray() },
        { "是 Git LFS 指针", "version https://git-lfs.github.com/spec/v1"u8.ToArray() },
        { "是 zip 压缩包", "PK\u0003\u0004"u8.ToArray() },
        { "是 Python pickle 文件", [0x80, 2, (byte)'}', 0] },
        { "是 gzip 压缩包", [0x1f, 0x8b, 8, 0] },
        { "是网页", "<!DOCTYPE html>"u8.ToArray() },
        { "旧格式", "tjgg"u8.ToArray() },
        { "需 4 字节，但文件在其后 0 字节处结束", "GGUF"u8.ToArray() },
        { "是第 9 版 GGUF 文件", [.. "GGUF"u8, 9, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_no_model_is_said_in_Chinese(string expected, byte[] content)
    {
        string file = models.File("file");
        File.WriteAllBytes(file, content);
        AssertChinese(expected, "run", file, "hi");
    }

    [Fact]
    public void Damage_is_said_in_Chinese()
    {
        byte[] whole = File.ReadAllBytes(models.Plain);
        string file = models.File("cut.gguf");
        File.WriteAllBytes(file, whole[..^100]);
        AssertChinese("文件已损坏或下载不完整", "run", file, "hi");
        File.WriteAllBytes(file, whole[..1000]);
        AssertChinese("文件已损坏或不完整", "run", file, "hi");
        // A tensor under another name is missing under its own.
        int name = whole.AsSpan().IndexOf("output_norm"u8);
        whole[name] = (byte)'0';
        File.WriteAllBytes(file, whole);
        AssertChinese("缺少张量“output_norm.weight”；llama 模型需要它", "run", file, "hi");
    }

    [Fact]
    public void Folders_are_explained_in_Chinese()
    {
        string folder = Directory.CreateDirectory(models.File("folder")).FullName, config = Path.Combine(folder, "config.json");
        AssertChinese("既没有 config.json，也没有 GGUF 文件", "run", folder, "hi");
        File.WriteAllText(config, """{"model_type":"bert"}""");
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), "[UNK]\n[CLS]\n[SEP]\n");
        AssertChinese("model_type 为“bert”，不是已知的解码器；已知的有 llama", "run", folder, "hi");
        File.WriteAllText(config, """{"model_type":"llama"}""");
        AssertChinese("没有权重；应有 model.safetensors", "run", folder, "hi");
        File.WriteAllText(Path.Combine(folder, "pytorch_model.bin"), "");
        AssertChinese("只有 pytorch_model.bin，可能是 PyTorch 权重", "run", folder, "hi");
        File.WriteAllText(config, "{");
        AssertChinese("不是有效的 JSON", "run", folder, "hi");
    }

    [Fact]
    public void What_a_model_cannot_do_is_said_in_Chinese()
    {
        AssertChinese("架构“martian”不是已知的解码器；已知的有 llama", "run", models.Unknown, "hi");
        Assert.Contains("此文件无法运行：" + models.Unknown + "：架构", TaktRun.Chinese("", "inspect", models.Unknown).Succeeded().Error);
        AssertChinese("提示词有 61 个词元，而上下文只能容纳 8 个", "run", models.Plain, new string('a', 60), "--context", "8");
        AssertChinese("上下文为 4096 词元，而该模型最多支持 128", "run", models.Plain, "hi", "--context", "4096");
        AssertChinese("第 1 个词元为 999，而该模型的编号为 0 到 299", "logits", models.Plain, "1", "999");
        AssertChinese("而这段文本有 1 个", "perplexity", models.Plain, models.Write("a.txt", "a"));
        AssertChinese("找不到文件“", "perplexity", models.Plain, models.File("none.txt"));
        AssertChinese("是文件夹", "quantize", models.Plain, models.Folder, "q8_0");
        AssertChinese("文件夹不存在", "quantize", models.Plain, models.File("no/where.gguf"), "q8_0");
        TaktRun clock = TaktRun.Chinese("""{"now":5}""", "template", models.Write("t.jinja", "x"));
        Assert.Contains("变量 now 为 5，应为 ISO 8601 时间", clock.Error);
    }

    [Fact]
    public void What_this_machine_lacks_is_said_in_Chinese()
    {
        IEnumerable<string> messages = Compute.Backends.Tiers.Select(static tier => tier.Lacks).OfType<string>()
            .Concat(Compute.Backends.Notes)
            .Append("amx: no fast numerics, the processor lacks AVX512_BF16, AMX-BF16")
            .Append("amx q8_0: its self-test gave 1 where 2 was expected (row 0, output 3)");
        foreach (string message in messages)
        {
            string chinese = LibraryMessages.In(Language.Zh, message);
            Assert.NotEqual(message, chinese);
            Assert.DoesNotContain(" lacks ", chinese);
        }
    }

    [Fact]
    public void What_is_not_known_stays_as_it_is()
    {
        Assert.Equal("some other text", LibraryMessages.In(Language.Zh, "some other text"));
        Assert.Equal("the folder does not exist; create it first.", LibraryMessages.In(Language.En, "the folder does not exist; create it first."));
    }

    private static void AssertChinese(string expected, params string[] call)
    {
        TaktRun run = TaktRun.Chinese("", call);
        Assert.Equal(1, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains(expected, run.Error);
        Assert.StartsWith("错误：", run.Error, StringComparison.Ordinal);
    }
}
