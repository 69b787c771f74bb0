using System.Globalization;
using System.Text.Json;
using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

/// <summary><c>bench</c>: rows, forms and refusals; how fast it is nobody asserts.</summary>
public class BenchTests(TinyModel models)
{
    private string[] Small => ["bench", models.Plain, "-p", "16", "-n", "8", "-b", "3", "-bn", "4", "-r", "3"];

    private static string[] Names(JsonElement json) => [.. json.GetProperty("tests").EnumerateArray().Select(test => test.GetProperty("name").GetString()!)];

    [Fact]
    public void Json_has_the_contracts_fields_and_nothing_else_is_printed()
    {
        TaktRun run = TaktRun.Of([.. Small, "--json", "-t", "2", "--tier", "scalar", "--kv-type", "f16"]).Succeeded();
        JsonElement json = run.Json;
        Assert.Equal(
            ["model", "size", "params", "isa", "threads", "kv_type", "numerics", "load_s", "peak_rss_bytes", "tests"],
            json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("plain.gguf", json.GetProperty("model").GetString());
        Assert.Equal("scalar", json.GetProperty("isa").GetString());
        Assert.Equal(2, json.GetProperty("threads").GetInt32());
        Assert.Equal("f16", json.GetProperty("kv_type").GetString());
        Assert.True(json.GetProperty("load_s").GetDouble() > 0);
        Assert.True(json.GetProperty("peak_rss_bytes").GetInt64() > json.GetProperty("size").GetInt64());
        Assert.Equal(["pp16", "tg8", "batch3"], Names(json));
        foreach (JsonElement test in json.GetProperty("tests").EnumerateArray())
        {
            Assert.Equal(["name", "median", "mean", "stddev", "samples"], test.EnumerateObject().Select(field => field.Name));
            double[] samples = [.. test.GetProperty("samples").EnumerateArray().Select(sample => sample.GetDouble()).Order()];
            Assert.Equal(3, samples.Length);
            Assert.Equal(samples[1], test.GetProperty("median").GetDouble());
            Assert.Equal(samples.Average(), test.GetProperty("mean").GetDouble(), samples[1] * 1e-9);
            Assert.True(test.GetProperty("stddev").GetDouble() >= 0);
        }

        Assert.Empty(run.Error);
    }

    [Fact]
    public void Lists_depths_and_pairs_make_rows()
    {
        JsonElement json = TaktRun.Of(
            "bench", models.Plain, "-p", "0", "-n", "4, 8", "-b", "1,2", "-bn", "3", "-d", "0,40", "-pg", "0,5", "-r", "1", "-o", "json").Succeeded().Json;
        Assert.Equal(
            ["tg4", "tg8", "tg5", "tg3", "batch2", "tg4 @ d40", "tg8 @ d40", "tg5 @ d40", "tg3 @ d40", "batch2 @ d40"], Names(json));
        json = TaktRun.Of("bench", models.Bare, "-p", "0", "-n", "0", "-b", "0", "-pg", "20,4", "-r", "1", "--json").Succeeded().Json;
        Assert.Equal(["pp20+tg4"], Names(json));
    }

    [Fact]
    public void The_table_is_markdown_in_llama_benchs_words()
    {
        string[] lines = TaktRun.Of(Small).Succeeded().Out.TrimEnd().Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Single(lines.Select(line => line.Length).Distinct());
        string[][] rows = [.. lines.Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        Assert.Equal(["model", "size", "params", "isa", "threads", "kv", "test", "t/s", "median"], rows[0]);
        Assert.All(rows[1], cell => Assert.Matches("^-+:?$", cell));
        Assert.Equal(["pp16", "tg8", "batch3"], rows[2..].Select(row => row[6]));
        Assert.All(rows[2..], row => Assert.Matches(@"^\d+\.\d\d ± \d+\.\d\d$", row[7]));
        Assert.DoesNotContain('\e', string.Concat(lines));
    }

    [Fact]
    public void Csv_has_a_line_a_test()
    {
        string[] lines = TaktRun.Of([.. Small, "-o", "csv"]).Succeeded().Out.TrimEnd().Split('\n');
        Assert.Equal("model,size,params,isa,threads,kv_type,numerics,load_s,test,mean,stddev,median,repetitions", lines[0]);
        Assert.Equal(4, lines.Length);
        string[] fields = lines[1].Split(',');
        Assert.Equal(("\"plain.gguf\"", "pp16", "3"), (fields[0], fields[8], fields[12]));
        Assert.All(fields[9..12], field => Assert.True(double.Parse(field, CultureInfo.InvariantCulture) >= 0));
    }

    [Theory]
    [InlineData("-p: 'many' is no whole number", "-p", "many")]
    [InlineData("-n: '-4' is no whole number", "-n", "4,-4")]
    [InlineData("-n: '' is no whole number", "-n", "4,,4")]
    [InlineData("-d: 99999999 is out of range", "-d", "99999999")]
    [InlineData("-pg: '1,2,3' is no list of 2 numbers", "-pg", "1,2,3")]
    [InlineData("-r: 0 is out of range", "-r", "0")]
    [InlineData("-o: 'xml' is not among md, json, csv", "-o", "xml")]
    [InlineData("every row is left out", "-p", "0", "-n", "0", "-b", "0")]
    public void Wrong_calls_say_what_is_wrong(string message, params string[] args)
    {
        TaktRun run = TaktRun.Of(["bench", models.Plain, .. args]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message.Replace("-o:", "--output:", StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
        Assert.Contains("Usage: takt bench MODEL", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pp512 takes 512 tokens of context, but this model was made for 128")]
    [InlineData("tg9 @ d120 takes 129 tokens of context", "-p", "0", "-n", "8,9", "-b", "0", "-d", "120")]
    [InlineData("'no-such-tier' is no kernel tier", "-p", "0", "-n", "8", "-b", "0", "--tier", "no-such-tier")]
    [InlineData("pp8 @ d3: prompts are read in chunks of 512 tokens", "-p", "8", "-n", "0", "-b", "0", "-d", "3")]
    public void What_cannot_run_says_why(string message, params string[] args)
    {
        TaktRun run = TaktRun.Of(["bench", models.Plain, .. args]);
        Assert.Equal(1, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void It_speaks_chinese()
    {
        Assert.Contains("没有要测的行", TaktRun.Chinese("", "bench", models.Plain, "-p", "0", "-n", "0", "-b", "0").Error);
        Assert.Contains("需要 512 个词元的上下文", TaktRun.Chinese("", "bench", models.Plain).Error);
    }

    [Fact]
    public void Ctrl_c_ends_it()
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, Language.En);
        terminal.Interrupt.Press();
        Assert.Equal(130, Program.Run(Small, terminal));
        Assert.Empty(stdout.ToArray());
    }

    [Fact]
    public void Progress_is_shown_where_a_person_watches()
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, Language.En) { ErrorRedirected = false };
        Assert.Equal(0, Program.Run(Small, terminal));
        string shown = System.Text.Encoding.UTF8.GetString(stderr.ToArray());
        Assert.Contains("row 2 of 3: tg8, repetition 3 of 3", shown, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", shown, StringComparison.Ordinal);
    }
}
