using System.Runtime.Intrinsics.X86;
using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Engine.Machine;

namespace Takt.Engine.Tests.Machine;

public sealed class KernelTunerTests
{
    [Fact]
    public void A_measurement_ends_with_values_that_kernels_know_and_changes_nothing()
    {
        using var team = new Team(2);
        using Backend backend = Backends.Create(team);
        KernelTuning before = KernelTuning.Current;
        KernelTuning tuning = KernelTuner.Measure(backend, rows: 256);
        Assert.Contains(tuning.Streams, (int[])[1, 2, 4]);
        Assert.Contains(tuning.PrefetchBytes, (int[])[0, 1280, 4096, 8192]);
        Assert.Same(before, KernelTuning.Current);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_way_of_reading_is_measured(int threads)
    {
        IReadOnlyList<ReadBandwidth> reads = BandwidthMeter.Measure(threads, pieces: 2);
        Assert.Equal(threads * 3 * 2 * 2, reads.Count);
        Assert.Equal(reads.Count, reads.Select(read => read with { BytesPerSecond = 0 }).Distinct().Count());
        Assert.All(reads, read => Assert.InRange(read.BytesPerSecond, 1e8, 1e13));
    }

    [Fact]
    public void The_system_names_the_processor()
    {
        MachineFacts facts = MachineFacts.Read();
        Assert.NotEmpty(facts.Processor);
        Assert.Equal(facts.Processor, MachineFacts.ReadProcessor());
        Assert.All(facts.Caches, cache => Assert.InRange(cache.Bytes, 1 << 10, 1L << 34));
    }

    [Fact]
    public void Family_and_model_are_those_that_the_system_reads()
    {
        string[] lines = File.Exists("/proc/cpuinfo") ? File.ReadAllLines("/proc/cpuinfo") : [];
        string? Field(string name) => lines.FirstOrDefault(line => line.Split(':')[0].Trim() == name)?.Split(':')[1].Trim();
        if (Field("cpu family") is not { } family || !X86Base.IsSupported) Assert.Skip("Linux on x86 only");
        else Assert.Equal($"{Field("model name")} (family {family} model {Field("model")})", MachineFacts.ReadProcessor());
    }
}
