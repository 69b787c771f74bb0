using System.Globalization;
using Takt.Compute;

namespace Takt.Tests;

public sealed class TuningFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-tuning-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "below", "tuning.tsv");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

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

    [Fact]
    public void A_tuning_outlives_builds_but_not_the_kernels_it_was_measured_with()
    {
        var file = new TuningFile(Path);
        file.Keep("cpu", "avx2", 2, new KernelTuning(2, 512, false));
        string now = string.Create(CultureInfo.InvariantCulture, $"cpu\tavx2\t2\t{KernelTuning.KernelVersion}\t");
        string line = Assert.Single(File.ReadAllLines(Path));
        Assert.Equal(now + "2\t512\tsmall", line);
        File.WriteAllText(Path, line.Replace(now, $"cpu\tavx2\t2\t{KernelTuning.KernelVersion - 1}\t", StringComparison.Ordinal));
        Assert.Null(file.Find("cpu", "avx2", 2));
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
}
