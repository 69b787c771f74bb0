using System.Text.Json;

namespace Takt.Cli.Tests;

/// <summary><c>logits</c>, <c>perplexity</c> and <c>profile</c>.</summary>
public class MeasureTests(TinyModel models)
{
    [Fact]
    public void Logits_are_rows_of_floats()
    {
        string all = models.File("all.bin"), last = models.File("last.bin"), ids = models.Write("ids.txt", "1, 20\n30 40\n");
        TaktRun.Of("logits", models.Plain, "1", "20", "30,40", "--all", "-o", all).Succeeded();
        TaktRun.Of("logits", models.Bare, "@" + ids, "-o", last).Succeeded();
        byte[] rows = File.ReadAllBytes(all);
        Assert.Equal(4 * 300 * sizeof(float), rows.Length);
        Assert.Equal(rows[^(300 * sizeof(float))..], File.ReadAllBytes(last));
        Assert.All(Enumerable.Range(0, 300), i => Assert.True(float.IsFinite(BitConverter.ToSingle(rows, i * sizeof(float)))));
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("/dev/full is a device of Linux");
        TaktRun run = TaktRun.Of("logits", models.Plain, "1", "-o", "/dev/full");
        Assert.Equal(1, run.Code);
        Assert.Contains("No space left", run.Error);
    }

    [Fact]
    public void Without_a_file_the_best_tokens_are_shown() =>
        Assert.Equal(10, TaktRun.Of("logits", models.Plain, "1", "2").Succeeded().Out.TrimEnd().Split('\n').Length);

    [Theory]
    [InlineData(2, "1", "x")]
    [InlineData(1, "1", "300")]
    [InlineData(2, "[]")]
    [InlineData(1, "@/no/such/file")]
    public void Bad_ids_are_refused(int code, params string[] ids)
    {
        TaktRun run = TaktRun.Of(["logits", models.Plain, .. ids]);
        Assert.Equal(code, run.Code);
        Assert.StartsWith("error: ", run.Error);
    }

    [Fact]
    public void Perplexity_and_divergence_of_a_model_from_itself()
    {
        string text = models.Write("text.txt", string.Concat(Enumerable.Repeat("a bad cab fed a deaf cafe. ", 20)));
        JsonElement json = TaktRun.Of("perplexity", models.Plain, text, "--window", "32", "--kl-divergence", models.Plain, "--json").Succeeded().Json;
        Assert.Equal(["perplexity", "tokens", "kl_mean", "kl_p99", "top1_agreement"], json.EnumerateObject().Select(p => p.Name));
        Assert.InRange(json.GetProperty("perplexity").GetDouble(), 20, 3000);
        Assert.Equal(0, json.GetProperty("tokens").GetInt32() % 16);
        Assert.Equal(0, json.GetProperty("kl_mean").GetDouble(), 1e-9);
        Assert.Equal(1, json.GetProperty("top1_agreement").GetDouble());

        JsonElement less = TaktRun.Of("perplexity", models.Plain, text, "--window", "32", "--bytes", "100", "--json").Succeeded().Json;
        Assert.True(less.GetProperty("tokens").GetInt32() < json.GetProperty("tokens").GetInt32());
        Assert.Equal(2, less.EnumerateObject().Count());
        Assert.Contains("perplexity ", TaktRun.Of("perplexity", models.Plain, text).Succeeded().Out);
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused()
    {
        Assert.Contains("perplexity needs", TaktRun.Of("perplexity", models.Plain, models.Write("empty.txt", "")).Error);
        Assert.Contains("Could not find file", TaktRun.Of("perplexity", models.Plain, models.File("missing.txt")).Error);
    }

    [Fact]
    public void Profile_has_a_row_for_every_moment()
    {
        JsonElement json = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--json").Succeeded().Json;
        Assert.True(json.GetProperty("wall_s").GetDouble() > 0);
        Assert.InRange(json.GetProperty("coverage").GetDouble(), 0.5, 1.0001);
        JsonElement row = json.GetProperty("moments")[0];
        foreach (string field in (string[])["stage", "layer", "op", "calls", "mean_s", "stddev_s", "p50_s", "p99_s", "share", "bytes", "flops", "ceiling_share"])
            Assert.True(row.TryGetProperty(field, out _), field);
        Assert.Contains(json.GetProperty("moments").EnumerateArray(), m => m.GetProperty("layer").ValueKind == JsonValueKind.Number);
        JsonElement run = TaktRun.Of("run", models.Plain, "hello", "-n", "8", "--json").Json.GetProperty("memory");
        JsonElement memory = json.GetProperty("memory");
        Assert.Equal(run.EnumerateObject().Select(p => p.Name), memory.EnumerateObject().Select(p => p.Name));
        foreach (string size in (string[])["packed_weights_bytes", "vector_weights_bytes", "kv_reserved_bytes"])
            Assert.Equal(run.GetProperty(size).GetInt64(), memory.GetProperty(size).GetInt64());

        TaktRun table = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--top", "3").Succeeded();
        Assert.Contains("share", table.Out);
        Assert.Contains("more rows", table.Out);
        Assert.Matches("memory: .* resident at most; weights .* KiB \\(packed at this start\\)", table.Out);
        Assert.DoesNotContain('\e', table.Out);
    }

    [Fact]
    public void A_profile_is_warmed_up_uncounted_unless_that_is_refused()
    {
        JsonElement warm = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--json").Succeeded().Json;
        TaktRun cold = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--no-warm-up", "--json").Succeeded();
        Assert.True(warm.GetProperty("warmed_up").GetBoolean());
        Assert.False(cold.Json.GetProperty("warmed_up").GetBoolean());
        static long Calls(JsonElement json) => json.GetProperty("moments").EnumerateArray().First(m => m.GetProperty("op").GetString() == "logits").GetProperty("calls").GetInt64();
        Assert.Equal(Calls(cold.Json), Calls(warm));
        Assert.Contains("uncounted", TaktRun.Of("profile", models.Plain, "hello", "-n", "8").Succeeded().Error);
        Assert.Contains("未预热", TaktRun.Chinese("", "profile", models.Plain, "hello", "-n", "8", "--no-warm-up").Succeeded().Error);
    }

    [Fact]
    public void A_profile_is_written_to_files_and_compared_with_a_former_one()
    {
        string former = models.File("former.json"), csv = models.File("p.csv"), trace = models.File("p.trace"), html = models.File("p.html");
        TaktRun first = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--json", "--csv", csv, "--trace", trace, "--html", html).Succeeded();
        File.WriteAllText(former, first.Out);
        Assert.Equal("plain.gguf", first.Json.GetProperty("model").GetString());
        Assert.Equal(["prefill", "generation"], first.Json.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("phase").GetString()));
        Assert.False(first.Json.TryGetProperty("comparison", out _));
        Assert.StartsWith("phase,stage,layer,op,calls,mean_s,", File.ReadAllText(csv));
        Assert.True(JsonDocument.Parse(File.ReadAllText(trace)).RootElement.GetProperty("traceEvents").GetArrayLength() > 100);
        Assert.StartsWith("<!DOCTYPE html><html lang=\"en\">", File.ReadAllText(html));

        JsonElement second = TaktRun.Of("profile", models.Plain, "hello", "-n", "8", "--json", "--baseline", former).Succeeded().Json;
        JsonElement cycle = second.GetProperty("comparison")[0];
        Assert.Equal("cycle", cycle.GetProperty("op").GetString());
        Assert.True(cycle.GetProperty("ratio").GetDouble() > 0);
        TaktRun shown = TaktRun.Chinese("", "profile", models.Chat, "hello", "-n", "8", "--baseline", former, "--html", html).Succeeded();
        Assert.Contains("基线来自另一个模型 plain.gguf", shown.Out);
        Assert.Contains("之后/之前", shown.Out);
        Assert.StartsWith("<!DOCTYPE html><html lang=\"zh\">", File.ReadAllText(html));
    }

    [Fact]
    public void A_profile_is_refused_wrong_files_before_it_runs()
    {
        string wrong = models.Write("wrong.json", "{\"moments\":[]}");
        TaktRun run = TaktRun.Chinese("", "profile", models.Plain, "hello", "--baseline", wrong);
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.Contains("不是含各阶段的 takt profile 报告", run.Error);
        Assert.Contains("Could not find file", TaktRun.Of("profile", models.Plain, "hello", "--baseline", models.File("none.json")).Error);
        run = TaktRun.Of("profile", models.Plain, "hello", "--html", Path.Combine(models.Folder, "none", "p.html"));
        Assert.Equal((1, ""), (run.Code, run.Out));
        Assert.Contains("the folder does not exist; create it first", run.Error);
    }
}
