using System.Text.Json;

namespace Takt.Cli.Tests;

/// <summary><c>takt cache</c>.</summary>
public class CacheTests(TinyModel models)
{
    [Fact]
    public void It_lists_and_deletes_packed_weights_and_nothing_else()
    {
        string folder = Directory.CreateDirectory(models.File("packs")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "a-0123.taktpack"), new byte[2048]);
        File.WriteAllBytes(Path.Combine(folder, "notes.txt"), new byte[10]);
        TaktRun table = TaktRun.Of("cache", "--folder", folder).Succeeded();
        Assert.Contains("a-0123.taktpack", table.Out);
        Assert.Contains("1 files, 2.00 KiB", table.Out);
        Assert.DoesNotContain("notes", table.Out);
        JsonElement json = TaktRun.Of("cache", "--folder", folder, "--json").Succeeded().Json;
        Assert.Equal(2048, json.GetProperty("bytes").GetInt64());
        Assert.Equal("a-0123.taktpack", json.GetProperty("files")[0].GetProperty("name").GetString());
        Assert.True(TaktRun.Of("cache", "--clear", "--folder", folder, "--json").Succeeded().Json.GetProperty("cleared").GetBoolean());
        Assert.Equal(["notes.txt"], Directory.GetFiles(folder).Select(Path.GetFileName));
        Assert.Contains("0 个文件", TaktRun.Chinese("", "cache", "--folder", folder).Out);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_empty() =>
        Assert.Contains("0 files", TaktRun.Of("cache", "--folder", models.File("nowhere")).Succeeded().Out);
}
