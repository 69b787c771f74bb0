using System.Text.Json;
using Takt.Cli.Commands;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Engine.Machine;
using Takt.WhatIf;

namespace Takt.Cli.Tests;

public class WhatIfTests(TinyModel models)
{
    // Small, so it is quick; what the numbers are does not matter here.
    private static readonly Lazy<MachineProfile> _profile = new(() => MachineCalibrator.Measure(
        threads: 1, size: new CalibrationSize(64, 1 << 20, [WeightFormat.Find("f32")!, WeightFormat.Find("q8_0")!], Passes: 1)));

    private Scenario Present => new(models.Plain, 1, KvType.F32) { Context = 32, Prompt = 32 };

    [Theory]
    [InlineData("'speed' is no setting; known are quant", "speed=1")]
    [InlineData("'threads' in 'threads' is no setting", "threads")]
    [InlineData("threads: '0' is no whole number", "threads=0")]
    [InlineData("quant: 'q9' is not among", "quant=q9")]
    [InlineData("kv: 'q4_0' is not among f32", "kv=q4_0")]
    [InlineData("bandwidth: 'fast' is no rate", "bandwidth=fast")]
    [InlineData("flops: '-1G' is no rate", "threads=1,flops=-1G")]
    public void A_wrong_question_is_explained(string expected, string question)
    {
        TaktRun run = TaktRun.Of("whatif", models.Plain, question);
        Assert.Equal(2, run.Code);
        Assert.Contains("error: " + expected, run.Error);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("60GB/s", 60e9)]
    [InlineData("60g", 60e9)]
    [InlineData("6e10", 6e10)]
    [InlineData("1.5TB/s", 1.5e12)]
    public void Bandwidth_has_several_spellings(string text, double expected) =>
        Assert.Equal(expected, Question.Parse($"bandwidth={text}", Present).Scenario.Bandwidth);

    [Fact]
    public void Settings_combine_and_a_prompt_asks_for_the_first_token()
    {
        Question question = Question.Parse("quant=Q8_0,kv=bf16,batch=4,prompt=16", Present);
        Assert.Equal(Present with { Quant = "q8_0", KvType = KvType.BF16, Batch = 4, Prompt = 16 }, question.Scenario);
        Assert.True(question.AsksForTtft);
        Assert.False(Question.Parse("context=8", Present).AsksForTtft);
    }

    [Fact]
    public void What_can_run_here_is_measured_and_the_rest_is_not()
    {
        JsonElement json = Json(verify: true, "batch=2", "quant=q8_0,prompt=16", "bandwidth=1G");
        JsonElement[] answers = [.. json.GetProperty("answers").EnumerateArray()];
        Assert.Equal(["batch=2", "quant=q8_0,prompt=16", "bandwidth=1G"], answers.Select(a => a.GetProperty("question").GetString()));
        Assert.All(answers[..2], answer =>
        {
            double measured = answer.GetProperty("measured").GetDouble(), predicted = answer.GetProperty("predicted").GetDouble();
            Assert.True(measured > 0);
            int repeats = answer.GetProperty("repeats").GetInt32();
            Assert.True(repeats >= 10);
            Assert.InRange(answer.GetProperty("left_out").GetInt32(), 0, repeats / 10);
            Assert.Equal(predicted / measured - 1, answer.GetProperty("error").GetDouble(), 1e-9);
            Assert.InRange(predicted, answer.GetProperty("low").GetDouble(), answer.GetProperty("high").GetDouble());
        });
        Assert.Equal(JsonValueKind.Null, answers[2].GetProperty("measured").ValueKind);
        Assert.Equal("ttft_s", answers[1].GetProperty("quantity").GetString());
        // 34 bytes for 32 weights instead of 128; rows that are no multiple of 32 stay larger, and packing pads.
        Assert.True(answers[1].GetProperty("weight_bytes").GetInt64() < json.GetProperty("present").GetProperty("weight_bytes").GetInt64() / 2);
    }

    [Fact]
    public void A_later_fit_is_shorter_and_counts_every_pass()
    {
        var forecaster = new Forecaster(_profile.Value);
        var totals = new List<int>();
        for (int fit = 0; fit < 2; fit++)
        {
            int last = 0, all = 0;
            forecaster.Fit(Present, (number, of) => (last, all) = (number, of), TestContext.Current.CancellationToken);
            Assert.Equal(all, last);
            totals.Add(all);
            Forecast forecast = forecaster.Predict(Present);
            Assert.True(forecast.Tpot.Low < forecast.Tpot.Seconds && forecast.Tpot.Seconds < forecast.Tpot.High);
        }

        Assert.Equal(2 * totals[1], totals[0]);
    }

    [Fact]
    public void A_context_that_the_model_has_not_is_refused()
    {
        var question = Question.Parse("context=4096", Present);
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, Language.En);
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => WhatIfCommand.Answer(terminal, _profile.Value, Present, [question], fit: true, verify: false));
        Assert.Contains("4096 tokens, but this model was made for 128", refused.Message);
    }

    private JsonElement Json(bool verify, params string[] questions)
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, Language.En);
        WhatIfReport report = WhatIfCommand.Answer(
            terminal, _profile.Value, Present, [.. questions.Select(text => Question.Parse(text, Present))], fit: true, verify);
        report.WriteJson(terminal);
        return JsonDocument.Parse(stdout.ToArray()).RootElement;
    }
}
