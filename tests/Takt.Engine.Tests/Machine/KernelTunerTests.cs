using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Engine.Machine;

namespace Takt.Engine.Tests.Machine;

public sealed class KernelTunerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-tuning-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "below", "tuning.tsv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_measurement_ends_with_values_that_kernels_know_and_changes_nothing()
    {
        using var team = new Team(2);
        using Backend backend = Backends.Create(team);
        KernelTuning before = KernelTuning.Current;
        KernelTuning tuning = KernelTuner.Measure(backend, rows: 256);
        Assert.Contains(tuning.Streams, (int[])[1, 2, 4]);
        Assert.InRange(tuning.PrefetchBytes, 0, 4096);
        Assert.Same(before, KernelTuning.Current);
    }

    [Fact]
    public void A_kept_tuning_is_found_for_its_processor_tier_and_threads_only()
    {
        var first = new KernelTuning(1, 0, true);
        var second = new KernelTuning(2, 512, false);
        var file = new TuningFile(Path);
        Assert.Null(file.Find("cpu", "avx2", 2));
        file.Keep("cpu", "avx2", 2, second);
        file.Keep("cpu", "avx2", 4, second);
        file.Keep("cpu", "avx2", 2, first);
        Assert.Equal(first, new TuningFile(Path).Find("cpu", "avx2", 2));
        Assert.Equal(second, file.Find("cpu", "avx2", 4));
        Assert.Null(file.Find("cpu", "avx512", 2));
        Assert.Null(file.Find("other", "avx2", 2));
        Assert.Equal(2, File.ReadAllLines(Path).Length);
    }

    [Theory]
    [InlineData("3\t0\tlarge")]
    [InlineData("4\t-1\tlarge")]
    [InlineData("4\t99999999999\tlarge")]
    [InlineData("4\t0\thuge")]
    [InlineData("4\t0")]
    [InlineData("")]
    public void What_makes_no_sense_is_not_taken(string values)
    {
        var file = new TuningFile(Path);
        file.Keep("cpu", "avx2", 2, new KernelTuning(4, 1280, true));
        string text = File.ReadAllText(Path);
        Assert.Contains("4\t1280\tlarge", text);
        File.WriteAllText(Path, text.Replace("4\t1280\tlarge", values, StringComparison.Ordinal));
        Assert.Null(file.Find("cpu", "avx2", 2));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept()
    {
        string blocked = System.IO.Path.Combine(_folder, "blocked");
        File.WriteAllText(blocked, "");
        var file = new TuningFile(System.IO.Path.Combine(blocked, "tuning.tsv"));
        file.Keep("cpu", "avx2", 2, KernelTuning.Default);
        Assert.Null(file.Find("cpu", "avx2", 2));
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
}
