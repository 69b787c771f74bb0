using Takt.Clock;
using Takt.Evaluation;

namespace Takt.Tests.Evaluation;

public class SpeedMeterTests(TinyModel models)
{
    [Theory]
    [InlineData("pp512", 512, 0, 1, 0, 512, 512)]
    [InlineData("tg128", 0, 128, 1, 0, 128, 129)]
    [InlineData("pp512+tg128", 512, 128, 1, 0, 640, 640)]
    [InlineData("pp512 @ d4096", 512, 0, 1, 4096, 512, 4608)]
    [InlineData("tg128 @ d4096", 0, 128, 1, 4096, 128, 4224)]
    [InlineData("batch8", 0, 32, 8, 0, 256, 34)]
    public void A_test_has_llama_benchs_name_and_counts_its_tokens(
        string name, int prompt, int generated, int sequences, int depth, int tokens, int context)
    {
        var test = new SpeedTest(prompt, generated, sequences, depth);
        Assert.Equal((name, tokens, context), (test.Name, test.Tokens, test.Context));
    }

    [Fact]
    public void Statistics_of_samples()
    {
        var result = new SpeedResult(new SpeedTest(1, 0), [4, 1, 2, 9]);
        Assert.Equal((4, 3), (result.Mean, result.Median));
        Assert.Equal(Math.Sqrt(38 / 3.0), result.StandardDeviation, 1e-12);
        var one = new SpeedResult(new SpeedTest(1, 0), [5]);
        Assert.Equal((5, 5, 0), (one.Mean, one.Median, one.StandardDeviation));
        Assert.Equal(2, new SpeedResult(new SpeedTest(1, 0), [1, 2, 7]).Median);
    }

    // What the engine's ledger saw is the independent count: once uncounted, then twice.
    [Theory]
    [InlineData(60, 0, 1, 0, 3, 3)]
    [InlineData(0, 20, 1, 0, 3 * 21, 3)]
    [InlineData(30, 20, 1, 0, 3 * 21, 3)]
    [InlineData(0, 20, 1, 64, 3 * 21, 3)]
    [InlineData(0, 20, 4, 0, 3 * 21, 3 * 4)]
    public void It_runs_just_the_cycles_that_the_test_needs(int prompt, int generated, int sequences, int depth, int cycles, int prompts)
    {
        using TaktModel model = TaktModel.Open(models.Plain, new ModelOptions { MaxSequences = sequences });
        var begun = new List<int>();
        var test = new SpeedTest(prompt, generated, sequences, depth);
        SpeedResult result = new SpeedMeter(model.Engine).Measure(test, 2, begun.Add);
        Assert.All(result.Samples, sample => Assert.True(double.IsFinite(sample) && sample > 0));
        Assert.Equal(2, result.Samples.Count);
        Assert.Equal([0, 1, 2], begun);
        CycleRecord[] seen = [.. model.Engine.Ledger.Snapshot().Recent];
        Assert.Equal(cycles, seen.Length);
        Assert.Equal(3 * sequences * generated, seen.Sum(cycle => cycle.Work.GenerationRows));
        int untimed = prompt > 0 ? 0 : 1;
        Assert.Equal(prompts * (prompt + untimed) + 2 * sequences * Math.Max(0, depth - untimed), seen.Sum(cycle => cycle.Work.PrefillRows));
        Assert.Equal(model.Engine.TotalBlocks, model.Engine.FreeBlocks);
    }

    [Theory]
    [InlineData("pp200 takes 200 tokens of context, but there are 128", 200, 0, 1, 0)]
    [InlineData("tg20 @ d120 takes 140 tokens of context, but there are 128", 0, 20, 1, 120)]
    [InlineData("batch2 takes 8 blocks of the KV cache, but it has 4", 0, 110, 2, 0)]
    [InlineData("pp10 @ d100: prompts are read in chunks of 512 tokens", 10, 0, 1, 100)]
    public void A_test_without_room_is_refused(string message, int prompt, int generated, int sequences, int depth)
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        var meter = new SpeedMeter(model.Engine);
        ArgumentException error = Assert.Throws<ArgumentException>(() => meter.Measure(new SpeedTest(prompt, generated, sequences, depth), 1));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_cancelled_and_leaves_the_engine_free()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        using var source = new CancellationTokenSource();
        var meter = new SpeedMeter(model.Engine);
        Assert.Throws<OperationCanceledException>(() => meter.Measure(new SpeedTest(0, 20), 5, i => { if (i == 2) source.Cancel(); }, source.Token));
        Assert.Equal(model.Engine.TotalBlocks, model.Engine.FreeBlocks);
        Assert.Single(meter.Measure(new SpeedTest(0, 5), 1).Samples);
    }
}
