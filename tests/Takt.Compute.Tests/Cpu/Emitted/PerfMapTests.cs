using System.Globalization;
using Takt.Compute.Cpu.Emitted;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>Names for <c>perf</c>: the file is shared with .NET, so lines are added to what it has.</summary>
public class PerfMapTests
{
    [Fact]
    public void A_line_is_address_length_and_name_in_hexadecimal_and_absent_unless_asked_for()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("perf is Linux's");
        string map = PerfMap.PathOf(Environment.ProcessId);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"perf-{Environment.ProcessId}.map"), Path.GetFileName(map));
        string? before = Environment.GetEnvironmentVariable("DOTNET_PerfMapEnabled");
        string? folder = Environment.GetEnvironmentVariable("DOTNET_PerfMapJitDumpPath");
        string temporary = Directory.CreateTempSubdirectory("takt-").FullName;
        try
        {
            Environment.SetEnvironmentVariable("DOTNET_PerfMapJitDumpPath", temporary);
            string path = PerfMap.PathOf(Environment.ProcessId);
            Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", "0");
            PerfMap.Add(0x1000, 1, "off");
            Assert.False(File.Exists(path));
            File.WriteAllText(path, "10 20 before\n");
            Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", "1");
            PerfMap.Add(0x7f00ab, 255, "emitted::row[Q8_0]");
            string[] lines = File.ReadAllLines(path);
            Assert.Equal("10 20 before", lines[0]);
            Assert.Contains("7f00ab ff emitted::row[Q8_0]", lines); // other tests may emit meanwhile
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOTNET_PerfMapEnabled", before);
            Environment.SetEnvironmentVariable("DOTNET_PerfMapJitDumpPath", folder);
            Directory.Delete(temporary, recursive: true);
        }
    }
}
