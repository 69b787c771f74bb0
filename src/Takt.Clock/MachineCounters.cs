using System.Diagnostics;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Takt.Clock;

/// <summary>The process's counters of what disturbs a cycle, at one time. Reading them takes about 1.2 us, most of it in getrusage.</summary>
internal readonly unsafe partial struct MachineCounters
{
    // Of struct rusage, 64-bit Linux: two pairs of times, then maxrss, ixrss, idrss, isrss, minflt, majflt, nswap, inblock, oublock,
    // msgsnd, msgrcv, nsignals, nvcsw, nivcsw.
    private const int Minor = 8, Major = 9, Involuntary = 17, UsageLongs = 18, OfProcess = 0;

    private int Collections { get; init; }

    private TimeSpan Pause { get; init; }

    private long Methods { get; init; }

    private TimeSpan Compilation { get; init; }

    private long Contentions { get; init; }

    private long MinorFaults { get; init; }

    private long MajorFaults { get; init; }

    private long Switches { get; init; }

    /// <summary>Whether faults and switches are counted.</summary>
    public static bool SystemCounts { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Reads them.</summary>
    public static MachineCounters Read()
    {
        long* usage = stackalloc long[UsageLongs];
        if (!SystemCounts || GetUsage(OfProcess, usage) != 0) new Span<long>(usage, UsageLongs).Clear();
        return new MachineCounters
        {
            Collections = GC.CollectionCount(0), // a collection of an older generation counts here too
            Pause = GC.GetTotalPauseDuration(),
            Methods = JitInfo.GetCompiledMethodCount(),
            Compilation = JitInfo.GetCompilationTime(),
            Contentions = Monitor.LockContentionCount,
            MinorFaults = usage[Minor],
            MajorFaults = usage[Major],
            Switches = usage[Involuntary],
        };
    }

    /// <summary>What happened between an earlier reading and this one.</summary>
    public Disturbances Since(in MachineCounters earlier) => new(
        Collections - earlier.Collections, Ticks(Pause - earlier.Pause),
        (int)(Methods - earlier.Methods), Ticks(Compilation - earlier.Compilation), Contentions - earlier.Contentions,
        SystemCounts ? MinorFaults - earlier.MinorFaults + MajorFaults - earlier.MajorFaults : null,
        SystemCounts ? MajorFaults - earlier.MajorFaults : null,
        SystemCounts ? Switches - earlier.Switches : null);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [SuppressGCTransition]
    private static partial int GetUsage(int who, long* usage);
}
