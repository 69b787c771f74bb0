using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Takt.Bench.ShareCheck;

/// <summary>Where a thread was when the profiler looked.</summary>
/// <param name="Symbol">The method, or <see cref="Sampler.Emitted"/>.</param>
/// <param name="Module">The file that the code is from.</param>
internal readonly record struct Sample(string Symbol, string Module);

/// <summary>Linux's perf, which samples this process by its processors' time.</summary>
internal sealed partial class Sampler : IDisposable
{
    /// <summary>What samples in our emitted code are called, for which there are no symbols.</summary>
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
        (ulong From, ulong To)[] emitted = [.. Ranges()];
        using Process script = Process.Start(new ProcessStartInfo("perf", ["script", "-i", _file, "-F", "ip,sym,dso"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        script.ErrorDataReceived += static (_, _) => { };
        script.BeginErrorReadLine();
        var samples = new List<Sample>();
        while (script.StandardOutput.ReadLine() is { } line)
        {
            if (Line().Match(line) is not { Success: true } match) continue;
            ulong address = ulong.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            bool ours = emitted.Any(range => address >= range.From && address < range.To);
            samples.Add(new Sample(ours ? Emitted : match.Groups[2].Value, match.Groups[3].Value));
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

    // Executable memory of no file that cannot be written is emitted code: the runtime, told not to protect its own, can write it.
    private static IEnumerable<(ulong From, ulong To)> Ranges()
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 5 || !fields[1].StartsWith("r-xp", StringComparison.Ordinal)) continue;
            string[] ends = fields[0].Split('-');
            yield return (ulong.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
    }

    [GeneratedRegex(@"^\s*([0-9a-f]+) (.*) \((.*)\)$")]
    private static partial Regex Line();
}
