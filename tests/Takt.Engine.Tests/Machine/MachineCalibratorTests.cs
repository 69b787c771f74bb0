using Takt.Clock;
using Takt.Compute.Blocks;
using Takt.Engine.Machine;

namespace Takt.Engine.Tests.Machine;

public class MachineCalibratorTests
{
    [Fact]
    public void A_profile_has_all_that_predictions_need()
    {
        double last = 0;
        MachineProfile profile = MachineCalibrator.Measure(
            threads: 2, size: new CalibrationSize(16, 1 << 16, [WeightFormat.Find("q8_0")!], Passes: 2), progress: share => last = share,
            cancellation: TestContext.Current.CancellationToken);
        Assert.True(profile.IsComplete);
        Assert.Equal(1, last);
        Assert.Equal([1, 2], profile.Barriers.Select(cost => cost.Threads));
        Assert.Equal([1, 2], profile.Products.Where(rate => rate.FromMemory).Select(rate => rate.Threads).Distinct());
        Assert.Equal([512, 2048], profile.Products.Where(rate => rate.FromMemory).Select(rate => rate.Columns).Distinct().Order());
        Assert.Equal(profile.Products.Count, profile.Products.Select(rate => (rate.Tier, rate.Format, rate.Threads, rate.Rows, rate.FromMemory, rate.Columns)).Distinct().Count());
        // What the engine does besides the model is measured, too, under the names that the graph has.
        foreach (string op in CycleGraph.Bookkeeping) Assert.InRange(profile.RowRates.Single(rate => rate.Op == op).SecondsPerRow, 1e-9, 1e-3);
        Assert.All(profile.Barriers, cost => Assert.InRange(cost.ProductSeconds, 0, 1e-2));
        Assert.Equal([1, 2], profile.Unsteadiness.Select(one => one.Threads));
        Assert.All(profile.Unsteadiness, one => Assert.InRange(one.Deviation, 1e-6, 10));
        Assert.All(profile.Products, rate => Assert.InRange(rate.MacsPerSecond.Median, 1e5, 1e14));
        Assert.All(profile.Products, rate => Assert.True(rate.MacsPerSecond.Best >= rate.MacsPerSecond.Median));
        Assert.All(profile.Reads, rate => Assert.InRange(rate.BytesPerSecond.Median, 1e7, 1e14));
        Assert.All(profile.Attentions, rate => Assert.True(rate.SecondsPerByte + rate.SecondsPerFlop > 0));
    }

    [Fact]
    public void It_can_be_broken_off()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => MachineCalibrator.Measure(threads: 1, cancellation: cancellation.Token));
    }
}
