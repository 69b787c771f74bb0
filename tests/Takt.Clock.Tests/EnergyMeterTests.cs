namespace Takt.Clock.Tests;

public sealed class EnergyMeterTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("takt-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string package, string energy)
    {
        string folder = Path.Combine(_root, "sys/class/powercap", package);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "energy_uj"), energy + "\n");
        File.WriteAllText(Path.Combine(folder, "max_energy_range_uj"), "10000000\n");
    }

    [Fact]
    public void Packages_are_added_up_over_the_end_of_their_range()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("energy is read on Linux only");
        Write("intel-rapl:0", "9000000");
        Write("intel-rapl:0:0", "0");
        Write("intel-rapl:1", "1000000");
        var meter = new EnergyMeter(_root);
        Assert.Equal(new EnergyReading(0, null), meter.Read());
        Write("intel-rapl:0", "1000000");
        Write("intel-rapl:0:0", "5000000"); // a part of package 0
        Write("intel-rapl:1", "1500000");
        Assert.Equal(new EnergyReading(2.5, null), meter.Read());
        meter.Reset();
        Write("intel-rapl:1", "2500000");
        Assert.Equal(new EnergyReading(1, null), meter.Read());
    }

    [Fact]
    public void What_cannot_be_read_says_why()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("energy is read on Linux only");
        EnergyReading reading = new EnergyMeter(_root).Read();
        Assert.Null(reading.Joules);
        Assert.Contains("does not exist", reading.Unavailable, StringComparison.Ordinal);
        Write("intel-rapl:0", "unreadable");
        Assert.Contains("unreadable", new EnergyMeter(_root).Read().Unavailable, StringComparison.Ordinal);
    }
}
