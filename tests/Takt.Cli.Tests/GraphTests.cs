using System.Text.Json;

namespace Takt.Cli.Tests;

public class GraphTests(TinyModel models)
{
    [Fact]
    public void Json_has_every_moment_of_a_cycle()
    {
        JsonElement json = TaktRun.Of("inspect", models.Plain, "--graph", "--json", "--prompt-tokens", "10").Succeeded().Json;
        Assert.Equal(10, json.GetProperty("rows").GetInt32());
        // Two layers of twelve operations.
        Assert.Equal(10 * 2 * 12, json.GetProperty("operations").GetInt64());
        JsonElement[] moments = [.. json.GetProperty("moments").EnumerateArray()];
        Assert.Equal(json.GetProperty("flops").GetInt64(), moments.Sum(moment => moment.GetProperty("flops").GetInt64()));
        JsonElement down = moments.First(moment => moment.GetProperty("op").GetString() == "down");
        Assert.Equal(0, down.GetProperty("layer").GetInt32());
        // Ten rows of 96 to 64, in F32.
        Assert.Equal(2 * 10 * 96 * 64, down.GetProperty("flops").GetInt64());
        Assert.Equal(4 * 96 * 64, down.GetProperty("weight_bytes").GetInt64());
    }

    [Fact]
    public void Tables_and_drawings_name_the_operations()
    {
        string table = TaktRun.Of("inspect", models.Plain, "--graph", "--sequences", "3").Succeeded().Out;
        Assert.Contains("gate_up", table);
        Assert.Contains("72 operations: 3 rows x 2 layers x 12 operations a layer", table);
        Assert.Contains("参数量", TaktRun.Chinese("", "inspect", models.Plain, "--graph").Succeeded().Out);
        string mermaid = TaktRun.Of("inspect", models.Plain, "--graph", "--format", "mermaid").Succeeded().Out;
        Assert.StartsWith("flowchart TD\n", mermaid);
        Assert.Equal(2, mermaid.Split("subgraph").Length - 1);
        string dot = TaktRun.Of("inspect", models.Plain, "--graph", "--format", "dot").Succeeded().Out;
        Assert.StartsWith("digraph", dot);
        Assert.Equal(dot.Count(c => c == '{'), dot.Count(c => c == '}'));
    }

    [Fact]
    public void A_cycle_of_nothing_and_a_model_of_nobody_are_refused()
    {
        Assert.Contains("--prompt-tokens", TaktRun.Of("inspect", models.Plain, "--graph", "--sequences", "0").Error);
        TaktRun unknown = TaktRun.Of("inspect", models.Unknown, "--graph");
        Assert.Equal(1, unknown.Code);
        Assert.Contains("martian", unknown.Error);
    }
}
