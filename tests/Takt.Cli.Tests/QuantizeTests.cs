using System.Text.Json;
using Takt.Models.Quantization;

namespace Takt.Cli.Tests;

public class QuantizeTests(TinyModel models)
{
    public static TheoryData<string> Types => [.. QuantizationTarget.Names];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_can_be_written_and_read(string type)
    {
        string file = models.File($"{type}.gguf");
        JsonElement json = TaktRun.Of("quantize", models.Plain, file, type, "--json").Succeeded().Json;
        Assert.Equal(["bytes_in", "bytes_out", "seconds"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(new FileInfo(file).Length, json.GetProperty("bytes_out").GetInt64());
        JsonElement facts = TaktRun.Of("inspect", file, "--json").Succeeded().Json;
        Assert.Equal(300, facts.GetProperty("metadata").GetProperty("tokenizer.ggml.tokens").GetProperty("count").GetInt32());
        Assert.All(
            facts.GetProperty("tensors").EnumerateArray().Where(t => t.GetProperty("shape").GetArrayLength() == 1),
            t => Assert.Equal("f32", t.GetProperty("type").GetString()));
    }

    [Fact]
    public void People_read_what_was_done()
    {
        TaktRun run = TaktRun.Of("quantize", models.Plain, models.File("read.gguf"), "Q4_K_M").Succeeded();
        Assert.Contains("bits per weight", run.Out);
        Assert.Contains("no multiple of the block", run.Error);
        Assert.Contains("已改用", TaktRun.Chinese("", "quantize", models.Plain, models.File("read.gguf"), "q4_k_m").Error);
    }

    [Fact]
    public void A_second_loss_is_warned_of()
    {
        string once = models.File("once.gguf");
        TaktRun.Of("quantize", models.Plain, once, "q8_0").Succeeded();
        Assert.Contains("quantised already (q8_0)", TaktRun.Of("quantize", once, models.File("twice.gguf"), "q4_0").Succeeded().Error);
        Assert.Empty(TaktRun.Of("quantize", once, models.File("float.gguf"), "f32").Succeeded().Error);
    }

    [Fact]
    public void A_link_stays_and_what_it_leads_to_is_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "making links needs rights there");
        string folder = Directory.CreateDirectory(models.File("elsewhere")).FullName, target = Path.Combine(folder, "real.gguf"), link = models.File("link.gguf");
        File.CreateSymbolicLink(link, target);
        // The first call finds nothing there, the second a file.
        foreach (string type in (string[])["q4_0", "q8_0"])
        {
            TaktRun.Of("quantize", models.Plain, link, type).Succeeded();
            Assert.Equal(target, new FileInfo(link).LinkTarget);
            Assert.Contains(type, TaktRun.Of("inspect", target).Succeeded().Out);
        }

        Assert.Equal([target], Directory.GetFiles(folder));
        TaktRun same = TaktRun.Of("quantize", target, link, "q4_0");
        Assert.Equal(2, same.Code);
        Assert.Contains("same file", same.Error);
        string circle = models.File("circle.gguf");
        File.CreateSymbolicLink(circle, circle);
        Assert.Equal(1, TaktRun.Of("quantize", models.Plain, circle, "q8_0").Code);
    }

    [Fact]
    public void Nothing_is_left_behind_where_it_fails()
    {
        TaktRun run = TaktRun.Of("quantize", models.Plain, Path.Combine(models.Folder, "no", "such", "folder.gguf"), "q8_0");
        Assert.Equal(1, run.Code);
        Assert.Equal(2, TaktRun.Of("quantize", models.Plain, models.Plain, "q8_0").Code);

        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Shell.Terminal(stdin, stdout, stderr, Shell.Language.En);
        terminal.Interrupt.Press();
        string file = models.File("stopped.gguf");
        Assert.Equal(130, Program.Run(["quantize", models.Plain, file, "q8_0"], terminal));
        Assert.Empty(Directory.GetFiles(models.Folder, "stopped*"));
    }
}
