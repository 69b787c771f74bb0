using System.Globalization;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Names emitted code for <c>perf</c>, in the file in which .NET names what its JIT makes.</summary>
/// <remarks>On with DOTNET_PerfMapEnabled; format: tools/perf/Documentation/jit-interface.txt of the Linux kernel.</remarks>
internal static class PerfMap
{
    private static readonly Lock _gate = new();

    /// <summary>Adds a name, where somebody wants names.</summary>
    public static void Add(nint address, int length, string name)
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("DOTNET_PerfMapEnabled") is null or "" or "0") return;
        try
        {
            lock (_gate) File.AppendAllText(PathOf(Environment.ProcessId), string.Create(CultureInfo.InvariantCulture, $"{address:x} {length:x} {name}\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Names are a help to whoever profiles, not worth failing for.
        }
    }

    /// <summary>The file that <c>perf</c> reads for a process.</summary>
    public static string PathOf(int process)
    {
        string? folder = Environment.GetEnvironmentVariable("DOTNET_PerfMapJitDumpPath");
        return Path.Combine(string.IsNullOrEmpty(folder) ? "/tmp" : folder, string.Create(CultureInfo.InvariantCulture, $"perf-{process}.map"));
    }
}
