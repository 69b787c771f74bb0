using System.Globalization;
using System.Text.Json;
using Takt.Cli.Shell;
using Takt.Compute.Memory;
using Takt.Evaluation;

namespace Takt.Cli.Commands;

/// <summary>What <c>takt bench</c> found, in its three forms.</summary>
/// <param name="name">The file's or folder's name.</param>
/// <param name="facts">What the model is.</param>
/// <param name="model">The loaded model.</param>
/// <param name="loadSeconds">How long loading took.</param>
/// <param name="results">One a row.</param>
internal sealed class BenchReport(string name, ModelFacts facts, TaktModel model, double loadSeconds, IReadOnlyList<SpeedResult> results)
{
    private static readonly string[] _columns = ["model", "size", "params", "isa", "threads", "kv", "test", "t/s", "median"];

    // Text stands to the left, numbers to the right.
    private static readonly bool[] _right = [false, true, true, false, true, false, true, true, true];

    private readonly string _kvType = model.KvType.ToString().ToLowerInvariant();

    // Fast ones are outside the promise of the same bits.
    private readonly string _numerics = model.Numerics.ToString().ToLowerInvariant();

    /// <summary>One JSON object; speeds in tokens a second.</summary>
    public void WriteJson(Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteString("model", name);
        json.WriteNumber("size", facts.WeightBytes);
        json.WriteNumber("params", facts.Parameters);
        json.WriteString("isa", model.Tier);
        json.WriteNumber("threads", model.Threads);
        json.WriteString("kv_type", _kvType);
        json.WriteString("numerics", _numerics);
        json.WriteNumber("load_s", loadSeconds);
        json.WriteNumber("peak_rss_bytes", MemoryReport.PeakResidentBytes());
        json.WriteStartArray("tests");
        foreach (SpeedResult result in results) WriteResult(json, result);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>A table as llama-bench prints it, with the median beside.</summary>
    public void WriteMarkdown(TextWriter output)
    {
        var rows = new List<string[]> { _columns };
        string tier = model.Numerics == Compute.Numerics.Fast ? $"{model.Tier} (fast)" : model.Tier;
        foreach (SpeedResult result in results)
        {
            rows.Add([
                name, Units.Bytes(facts.WeightBytes), Units.Count(facts.Parameters), tier, Whole(model.Threads), _kvType,
                result.Test.Name, $"{Speed(result.Mean)} ± {Speed(result.StandardDeviation)}", Speed(result.Median)]);
        }

        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        rows.Insert(1, [.. widths.Zip(_right, (width, right) => new string('-', width - 1) + (right ? ':' : '-'))]);
        foreach (string[] row in rows)
            output.WriteLine($"| {string.Join(" | ", row.Select((cell, i) => _right[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])))} |");
    }

    /// <summary>A line with the names of the columns, then one a test (RFC 4180); nothing is rounded.</summary>
    public void WriteCsv(TextWriter output)
    {
        output.WriteLine("model,size,params,isa,threads,kv_type,numerics,load_s,test,mean,stddev,median,repetitions");
        string quoted = $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        foreach (SpeedResult result in results)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{quoted},{facts.WeightBytes},{facts.Parameters},{model.Tier},{model.Threads},{_kvType},{_numerics},{loadSeconds},{result.Test.Name},")
                + string.Create(
                    CultureInfo.InvariantCulture, $"{result.Mean},{result.StandardDeviation},{result.Median},{result.Samples.Count}"));
        }
    }

    private static void WriteResult(Utf8JsonWriter json, SpeedResult result)
    {
        json.WriteStartObject();
        json.WriteString("name", result.Test.Name);
        json.WriteNumber("median", result.Median);
        json.WriteNumber("mean", result.Mean);
        json.WriteNumber("stddev", result.StandardDeviation);
        json.WriteStartArray("samples");
        foreach (double sample in result.Samples) json.WriteNumberValue(sample);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Speed(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);
}
