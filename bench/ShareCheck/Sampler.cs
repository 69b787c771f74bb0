using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Takt.Compute.Cpu.Emitted;

namespace Takt.Bench.ShareCheck;

/// <summary>Where a thread was when the profiler looked.</summary>
/// <param name="Symbol">The method, or <see cref="Sampler.Emitted"/> and what the code is.</param>
/// <param name="Module">The file that the code is from.</param>
internal readonly record struct Sample(string Symbol, string Module);

/// <summary>Linux's perf, which samples this process by its processors' time.</summary>
internal sealed partial class Sampler : IDisposable
{
    /// <summary>What the names of samples in our emitted code begin with, for which there are no symbols.</summary>
    public const string Emitted = "<emitted>";

    private readonly string _file = Path.GetTempFileName();
    private Process? _perf;

    /// <summary>Begins to sample.</summary>
    public void Start()
    {
        _perf = Process.Start(new ProcessStartInfo("perf", ["record", "-q", "-e", "cpu-clock", "-F", "1999", "-o", _file, "-p", $"{Environment.ProcessId}"]))!;
        Thread.Sleep(1000); // it does not say when it has begun
        if (_perf.HasExited) throw new InvalidOperationException("perf record has ended at once: install it, and allow it (kernel.perf_event_paranoid)");
    }

    /// <summary>Ends it.</summary>
    public IReadOnlyList<Sample> Stop()
    {
        using (Process kill = Process.Start("kill", ["-INT", $"{_perf!.Id}"])) kill.WaitForExit();
        _perf.WaitForExit();
        EmittedCode[] emitted = [.. ExecutableMemory.Placed];
        using Process script = Process.Start(new ProcessStartInfo("perf", ["script", "-i", _file, "-F", "ip,sym,dso"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        script.ErrorDataReceived += static (_, _) => { };
        script.BeginErrorReadLine();
        var samples = new List<Sample>();
        while (script.StandardOutput.ReadLine() is { } line)
        {
            if (Line().Match(line) is not { Success: true } match) continue;
            ulong address = ulong.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            EmittedCode code = emitted.FirstOrDefault(one => address - (ulong)one.Address < (ulong)one.Bytes);
            samples.Add(new Sample(code.Name is null ? match.Groups[2].Value : $"{Emitted} {code.Name}", match.Groups[3].Value));
        }

        script.WaitForExit();
        return samples;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _perf?.Dispose();
        File.Delete(_file);
    }

    [GeneratedRegex(@"^\s*([0-9a-f]+) (.*) \((.*)\)$")]
    private static partial Regex Line();
}
