using Takt.Clock;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Engine.Machine;

/// <summary>Measures how fast each level of the memory is read, and what it costs to start and end parallel work.</summary>
internal static unsafe class CacheMeter
{
    private const int BytesPerRound = 32 << 20;
    private const int BarriersPerRound = 200;

    /// <summary>Reads working sets that fit a level and not the one before it.</summary>
    /// <param name="team">The threads; each has its own part of the working set.</param>
    /// <param name="caches">The caches of this machine.</param>
    public static IEnumerable<ReadRate> Reads(Team team, IReadOnlyList<CacheFacts> caches)
    {
        long largest = caches.Count == 0 ? 32 << 20 : caches.Max(static cache => cache.Bytes);
        IEnumerable<(string Level, long Bytes)> sets =
        [
            // Half of a cache: some of it holds other things. The last one is shared by the threads.
            .. caches.Where(static cache => cache.Kind != "Instruction").OrderBy(static cache => cache.Level).Select(cache =>
                ($"L{cache.Level}", cache.Bytes / 2 / (cache.Bytes == largest ? team.Threads : 1))),
            ("memory", 4 * largest / team.Threads),
        ];
        foreach ((string level, long bytes) in sets)
        {
            yield return Lanes256.IsSupported ? Read<Lanes256>(team, level, bytes)
                : Lanes128.IsSupported ? Read<Lanes128>(team, level, bytes)
                : Read<LanesScalar>(team, level, bytes);
        }
    }

    /// <summary>The cost of a task with a piece for each thread and nothing to do.</summary>
    public static BarrierCost Barrier(Team team) => new(team.Threads, Rounds.Of(BarriersPerRound, () => team.Run(team.Threads, default(Nothing))));

    private static ReadRate Read<T>(Team team, string level, long bytesEach) where T : struct, ILanes<T>
    {
        int piece = (int)Math.Clamp(bytesEach & ~255L, 256, 1 << 30), repeats = Math.Max(1, BytesPerRound / piece);
        using var memory = new NativeBuffer((long)piece * team.Threads);
        // Pages that were never written are all the same page of zeros.
        for (long i = 0; i < memory.Length; i += 4096) memory.Bytes[i] = 1;
        var task = new StreamRead<T>(memory.Bytes, piece, repeats);
        double bytes = (double)piece * repeats * team.Threads;
        return new ReadRate(team.Threads, level, memory.Length, Measured.Rate(bytes, Rounds.Of(() => team.Run(team.Threads, task))));
    }

    private readonly struct Nothing : ITask
    {
        public void Run(int index, int thread)
        {
        }
    }
}
