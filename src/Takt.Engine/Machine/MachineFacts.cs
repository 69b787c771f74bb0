using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Takt.Engine.Machine;

/// <summary>One cache of the first processor.</summary>
/// <param name="Level">1 is next to the core.</param>
/// <param name="Kind">Data, Instruction or Unified.</param>
/// <param name="Bytes">Its size.</param>
public sealed record CacheFacts(int Level, string Kind, long Bytes);

/// <summary>What the system says of this machine.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Processors">Logical processors that this process may use.</param>
/// <param name="Caches">Caches, where the system tells.</param>
/// <param name="PageBytes">Size of a page.</param>
/// <param name="LargePages">When the system gives large pages: always, madvise or never; null where there is no such choice.</param>
public sealed record MachineFacts(string Processor, int Processors, IReadOnlyList<CacheFacts> Caches, int PageBytes, string? LargePages)
{
    /// <summary>This machine's.</summary>
    public static MachineFacts Read() => new(
        ReadProcessor(), Environment.ProcessorCount, ReadCaches(), Environment.SystemPageSize,
        Line("/sys/kernel/mm/transparent_hugepage/enabled") is { } modes && modes.Split('[', ']') is [_, var chosen, _] ? chosen : null);

    /// <summary>The processor's name, or what kind it is; on x86 with its family and model, for "AMD EPYC" is several generations.</summary>
    public static string ReadProcessor()
    {
        // What Windows says has both in it.
        if (OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") is { } identifier) return identifier;
        if (!X86Base.IsSupported) return ReadName();
        (int family, int model) = FamilyAndModel();
        return string.Create(CultureInfo.InvariantCulture, $"{ReadName()} (family {family} model {model})");
    }

    // Leaf 1: the extended parts count where the plain ones are at their limit (Intel's and AMD's manuals of CPUID).
    private static (int Family, int Model) FamilyAndModel()
    {
        int signature = X86Base.CpuId(1, 0).Eax;
        int family = (signature >> 8) & 15, model = (signature >> 4) & 15;
        if (family is 6 or 15) model |= (signature >> 12) & 0xf0;
        return (family == 15 ? family + ((signature >> 20) & 255) : family, model);
    }

    private static string ReadName()
    {
        const string key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':') + 1)..].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static List<CacheFacts> ReadCaches()
    {
        var caches = new List<CacheFacts>();
        for (int i = 0; Line($"/sys/devices/system/cpu/cpu0/cache/index{i.ToString(CultureInfo.InvariantCulture)}/size") is { } size; i++)
        {
            string folder = $"/sys/devices/system/cpu/cpu0/cache/index{i.ToString(CultureInfo.InvariantCulture)}/";
            if (!long.TryParse(size.TrimEnd('K'), CultureInfo.InvariantCulture, out long kilobytes)) continue;
            _ = int.TryParse(Line(folder + "level"), CultureInfo.InvariantCulture, out int level);
            caches.Add(new CacheFacts(level, Line(folder + "type") ?? "", kilobytes << 10));
        }

        return caches;
    }

    private static string? Line(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault() : null;
}
