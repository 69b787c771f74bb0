using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Takt.Compute.Threading;

/// <summary>How many threads this machine is good for.</summary>
/// <remarks>
/// Read from Linux' files and Windows' CPU sets; elsewhere every processor the process may use counts. Matrix products gain nothing from a second thread on
/// the same core, and one slow core would hold up an operation's end.
/// </remarks>
internal static class Processors
{
    // Cores of one kind differ by a few per cent in what they may boost to; other kinds by more than this.
    private const double SameKind = 0.75;

    /// <summary>One thread a fast core that this process may use, and no more than its share of processor time allows; at least 1.</summary>
    public static int Default { get; } = OperatingSystem.IsWindows()
        ? Count(CpuSets.FastCores(CpuSets.Read(), Affinity()), Environment.ProcessorCount)
        : Count("/", Environment.ProcessorCount);

    /// <summary>The same for a tree of files under <paramref name="root"/>.</summary>
    /// <param name="root">What to take for the root of the file system.</param>
    /// <param name="limit">Most threads: what the runtime counts.</param>
    internal static int Count(string root, int limit) => Math.Min(Count(FastCores(root), limit), Quota(root) ?? limit);

    // The runtime's count minds a job's limits too; no cores are none that the system told of.
    private static int Count(int cores, int limit) => Math.Max(1, cores == 0 ? limit : Math.Min(cores, limit));

    [SupportedOSPlatform("windows")]
    private static ulong Affinity()
    {
        using Process self = Process.GetCurrentProcess();
        return (ulong)self.ProcessorAffinity;
    }

    /// <summary>The numbers in a list such as <c>0-3,8</c>; none where it is no such list.</summary>
    internal static IReadOnlyList<int> ParseList(string text)
    {
        const int Most = 1 << 16;
        var numbers = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = part.Split('-');
            if (!int.TryParse(ends[0], CultureInfo.InvariantCulture, out int first)) return [];
            if (!int.TryParse(ends[^1], CultureInfo.InvariantCulture, out int last)) return [];
            if (first < 0 || last < first || last > Most) return [];
            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    private static int FastCores(string root)
    {
        const string key = "Cpus_allowed_list:";
        string? line = Lines(root, "proc/self/status").FirstOrDefault(static line => line.StartsWith(key, StringComparison.Ordinal));
        if (line is null) return 0;
        IReadOnlyList<int> allowed = ParseList(line[key.Length..]);
        // Hybrid Intel processors say which are their fast cores; others how much each can do, or how fast it may run.
        var named = ParseList(Lines(root, "sys/devices/cpu_core/cpus").FirstOrDefault() ?? "").ToHashSet();
        int[] fast = [.. allowed.Where(named.Contains)];
        if (fast.Length == 0)
        {
            (int Cpu, double Speed)[] speeds = [.. allowed.Select(cpu => (cpu, Speed(root, cpu)))];
            double best = speeds.Select(static cpu => cpu.Speed).DefaultIfEmpty().Max();
            fast = [.. speeds.Where(cpu => cpu.Speed >= SameKind * best).Select(static cpu => cpu.Cpu)];
        }

        return fast.Select(cpu => Siblings(root, cpu)).Distinct(StringComparer.Ordinal).Count();
    }

    private static double Speed(string root, int cpu) =>
        Number(Cpu(root, cpu, "cpu_capacity")) ?? Number(Cpu(root, cpu, "cpufreq/cpuinfo_max_freq")) ?? 0;

    private static string Siblings(string root, int cpu) =>
        Cpu(root, cpu, "topology/thread_siblings_list") ?? cpu.ToString(CultureInfo.InvariantCulture);

    private static string? Cpu(string root, int cpu, string file) =>
        Lines(root, string.Create(CultureInfo.InvariantCulture, $"sys/devices/system/cpu/cpu{cpu}/{file}")).FirstOrDefault();

    // Whole processors of the quota: threads that spin would use up the part of one, and all would then be stopped until the next period.
    private static int? Quota(string root)
    {
        double? share = null;
        foreach (string line in Lines(root, "proc/self/cgroup"))
        {
            // 0::/path of version 2, number:controllers:/path of version 1.
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            bool second = parts[1].Length == 0;
            if (!second && !parts[1].Split(',').Contains("cpu")) continue;
            string mount = second ? "sys/fs/cgroup" : "sys/fs/cgroup/cpu";
            // Within a container the path may be the host's, which is not there; every group above counts too.
            for (string path = parts[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                double? here = second ? ShareOfSecond(root, $"{mount}/{path}") : ShareOfFirst(root, $"{mount}/{path}");
                if (here < (share ?? double.MaxValue)) share = here;
                if (path.Length == 0) break;
            }
        }

        return share is { } processors ? Math.Max(1, (int)Math.Min(processors, int.MaxValue)) : null;
    }

    private static double? ShareOfSecond(string root, string group)
    {
        string[] words = (Lines(root, group + "/cpu.max").FirstOrDefault() ?? "").Split(' ');
        return words.Length == 2 ? Number(words[0]) / Number(words[1]) : null;
    }

    private static double? ShareOfFirst(string root, string group) =>
        Number(Lines(root, group + "/cpu.cfs_quota_us").FirstOrDefault()) / Number(Lines(root, group + "/cpu.cfs_period_us").FirstOrDefault());

    /// <summary>A number above 0: "max" and -1 are none.</summary>
    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 ? value : null;

    private static string[] Lines(string root, string file)
    {
        string path = Path.Combine(root, file);
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
