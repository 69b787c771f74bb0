using System.Diagnostics;

namespace Takt.Clock;

/// <summary>What may have made a cycle late.</summary>
[Flags]
public enum DisturbanceCauses
{
    /// <summary>Nothing that is counted.</summary>
    None = 0,

    /// <summary>The garbage collector stopped the threads.</summary>
    GarbageCollection = 1,

    /// <summary>Memory was touched for the first time, or had to be read from disk.</summary>
    PageFaults = 2,

    /// <summary>The system took a processor away from a thread.</summary>
    Descheduling = 4,

    /// <summary>Methods were compiled.</summary>
    Compilation = 8,

    /// <summary>Threads waited for each other's locks.</summary>
    Contention = 16,
}

/// <summary>
/// What the runtime and the system did in a stretch of time, in the whole process: they do not say which thread it hit.
/// </summary>
/// <param name="Collections">Garbage collections.</param>
/// <param name="CollectionPauseTicks">How long they stopped all threads, in <see cref="Stopwatch"/> ticks.</param>
/// <param name="CompiledMethods">Methods that were compiled.</param>
/// <param name="CompilationTicks">How long that took, on whichever threads, in <see cref="Stopwatch"/> ticks.</param>
/// <param name="Contentions">Locks that were waited for.</param>
/// <param name="PageFaults">Page faults; null where the system does not tell (<see cref="SystemCounts"/>).</param>
/// <param name="DiskFaults">Those of them that read from disk.</param>
/// <param name="Deschedulings">How often a thread lost its processor against its will; null where the system does not tell.</param>
public readonly record struct Disturbances(
    int Collections, long CollectionPauseTicks, int CompiledMethods, long CompilationTicks, long Contentions,
    long? PageFaults, long? DiskFaults, long? Deschedulings)
{
    /// <summary>Whether page faults and descheduling are counted: on 64-bit Linux, by getrusage(2).</summary>
    public static bool SystemCounts => MachineCounters.SystemCounts;

    /// <summary>What there was of it.</summary>
    public DisturbanceCauses Causes =>
        (Collections > 0 ? DisturbanceCauses.GarbageCollection : 0)
        | (PageFaults > 0 ? DisturbanceCauses.PageFaults : 0)
        | (Deschedulings > 0 ? DisturbanceCauses.Descheduling : 0)
        | (CompiledMethods > 0 ? DisturbanceCauses.Compilation : 0)
        | (Contentions > 0 ? DisturbanceCauses.Contention : 0);

    /// <summary>Both stretches together.</summary>
    public static Disturbances operator +(in Disturbances a, in Disturbances b) => new(
        a.Collections + b.Collections, a.CollectionPauseTicks + b.CollectionPauseTicks, a.CompiledMethods + b.CompiledMethods,
        a.CompilationTicks + b.CompilationTicks, a.Contentions + b.Contentions,
        a.PageFaults + b.PageFaults, a.DiskFaults + b.DiskFaults, a.Deschedulings + b.Deschedulings);

    /// <summary>Both stretches together.</summary>
    public static Disturbances Add(in Disturbances a, in Disturbances b) => a + b;

    /// <summary>Nothing happened.</summary>
    internal static Disturbances None { get; } = SystemCounts ? new(0, 0, 0, 0, 0, 0, 0, 0) : default;
}
