using System.Text.Json;
using Takt.Cli.Commands;
using Takt.Clock;

namespace Takt.Cli.Tests;

public class ProfiledRequestTests
{
    // Template 20, tokenise 30, then from 1000 on: in the line for 10, prefill 40, generation 80, of which cycles took all but 7.
    private static readonly RequestRecord _record = new()
    {
        Number = 0,
        SubmittedTicks = 1000,
        AdmittedTicks = 1010,
        FirstTokenTicks = 1050,
        EndedTicks = 1130,
        TemplateTicks = 20,
        TokenizeTicks = 30,
        DetokenizeTicks = 5,
        CycleTicks = 113,
        FirstCycle = 0,
        LastCycle = 3,
        Cycles = 4,
        PromptTokens = 9,
        GeneratedTokens = 3,
        StopReason = "max_tokens",
    };

    [Fact]
    public void Parts_are_held_against_the_time_that_the_host_saw_pass()
    {
        var request = new ProfiledRequest(_record, 200);
        Assert.Equal(180, _record.TotalTicks);
        Assert.Equal(180 / 200.0, request.Coverage, 1e-12);
        Assert.Equal((20 + 30 + 10 + 113) / 200.0, request.CycleCoverage, 1e-12);
        Assert.Equal(
            [("template", 0.1), ("tokenize", 0.15), ("queue", 0.05), ("prefill", 0.2), ("generation", 0.4), ("detokenize", 0.025)],
            request.Shares);
    }

    [Fact]
    public void Its_json_has_every_part_in_seconds()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            new ProfiledRequest(_record, 200).Write(json);
            json.WriteEndObject();
        }

        JsonElement request = JsonDocument.Parse(stream.ToArray()).RootElement.GetProperty("request"), times = request.GetProperty("times");
        double Ticks(string name) => Math.Round(times.GetProperty(name + "_s").GetDouble() * System.Diagnostics.Stopwatch.Frequency, 6);
        Assert.Equal(
            [20.0, 30, 10, 40, 80, 180, 113, 5],
            ((string[])["template", "tokenize", "queue", "prefill", "generation", "total", "cycles", "detokenize"]).Select(Ticks));
        Assert.Equal(0.9, request.GetProperty("coverage").GetDouble(), 1e-12);
    }
}
