using System.Diagnostics;
using Takt.Clock;
using Takt.Engine.Sampling;

namespace Takt.Tests;

/// <summary>That the ledger leaves no time out.</summary>
public class CoverageTests(TinyModel models)
{
    private static readonly GenerationOptions _greedy = new() { MaxTokens = 40, Sampling = SamplingOptions.Greedy, IgnoreStopTokens = true };

    [Fact]
    public void Moments_explain_cycles_and_parts_explain_requests()
    {
        using TaktModel model = TaktModel.Open(models.Chat);
        double best = 0;
        // A busy machine may take the processor away where nothing measures: one undisturbed request is enough.
        for (int i = 0; i < 30 && best < 0.98; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Generation generation = model.Chat([new ChatMessage("user", "hello hello hello hello hello hello hello")], _greedy);
            generation.ToEnd();
            long wall = Stopwatch.GetTimestamp() - start;
            RequestRecord record = generation.Record!;
            long parts = record.TemplateTicks + record.TokenizeTicks + record.QueueTicks + record.PrefillTicks + record.GenerationTicks;
            Assert.InRange(parts, 1, wall);
            Assert.True(record.TemplateTicks > 0 && record.TokenizeTicks > 0 && record.DetokenizeTicks > 0);
            best = Math.Max(best, (double)parts / wall);
        }

        Assert.True(best >= 0.98, $"a request's parts are {best:p1} of it at best");
        double[] cycles = [.. model.Engine.Ledger.Snapshot().Recent.Select(c => (double)c.MomentTicks / c.WallTicks).Order()];
        Assert.True(cycles[cycles.Length / 2] >= 0.98, $"moments are {cycles[cycles.Length / 2]:p1} of the median cycle");
    }
}
