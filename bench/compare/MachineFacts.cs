using System.Runtime.InteropServices;
using System.Text;

namespace Takt.Compare;

/// <summary>What a machine is.</summary>
/// <param name="Cpu">The processor's own name.</param>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="MemoryGigabytes">Memory, in 10^9 bytes.</param>
/// <param name="System">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Vectors">Vector extensions that matter here.</param>
internal sealed record MachineFacts(
    string Cpu, int Cores, double MemoryGigabytes, string System, string Runtime, IReadOnlyList<string> Vectors)
{
    private static readonly string[] _vectors =
        ["fma", "f16c", "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16", "asimd", "asimddp", "i8mm", "sve"];

    /// <summary>This machine.</summary>
    public static MachineFacts OfThisMachine() => new(
        CpuField("model name").FirstOrDefault() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        [.. _vectors.Intersect(CpuField("flags", "Features").SelectMany(line => line.Split(' ')))]);

    /// <summary>The processor's name as a file name.</summary>
    public string Slug
    {
        get
        {
            var slug = new StringBuilder();
            foreach (char c in Cpu.ToLowerInvariant())
            {
                if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
                else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
            }

            return slug.ToString().TrimEnd('-');
        }
    }

    private static IEnumerable<string> CpuField(params string[] names) => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2 && names.Contains(pair[0])).Select(pair => pair[1]).Take(1)
        : [];
}
