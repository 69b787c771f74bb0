using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Takt.Compare;

/// <summary>Measures how fast this machine reads memory now: several patterns, the best of them.</summary>
/// <remarks>A model's speed of generation is bounded by it, and on shared machines it changes from minute to minute.</remarks>
internal sealed unsafe partial class ReadProbe : IDisposable
{
    private const int Line = 64;
    private const int HugePage = 1 << 21;
    private const int Rounds = 5;

    // More than the last-level caches of most machines.
    private const long Bytes = 512L << 20;

    // Streams that a thread reads at once, and how far ahead it prefetches.
    private static readonly (int Streams, int Ahead)[] _patterns = [(1, 0), (1, 4096), (4, 0), (4, 1024), (8, 512)];

    private readonly int _threads;
    private readonly byte* _small = Allocate(advice: 15);
    private readonly byte* _huge = Allocate(advice: 14);

    /// <summary>Takes 1 GiB of memory: pages of the common size and huge ones, where the system has them.</summary>
    public ReadProbe(int threads) => _threads = threads;

    /// <summary>Bytes a second of the best pattern and page size, each by its median of a few rounds.</summary>
    public double Measure() => _patterns.Max(pattern => Math.Max(Median(_small, pattern), Median(_huge, pattern)));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_small);
        NativeMemory.AlignedFree(_huge);
    }

    private static byte* Allocate(int advice)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)Bytes, HugePage);
        // Linux: 14 asks for huge pages and 15 for none. A refusal changes nothing but the figure.
        if (OperatingSystem.IsLinux()) _ = Advise(memory, (nuint)Bytes, advice);
        // Pages that were never written are all the same page of zeros.
        for (long i = 0; i < Bytes; i += 4096) memory[i] = 1;
        return memory;
    }

    private double Median(byte* memory, (int Streams, int Ahead) pattern) =>
        Statistics.Median(Enumerable.Range(0, Rounds).Select(_ => Read(memory, pattern.Streams, pattern.Ahead)).ToArray());

    // From the moment at which the first thread begins to the one at which the last ends: this thread may come late to both.
    private double Read(byte* memory, int streams, int ahead)
    {
        using var start = new Barrier(_threads);
        var times = new (long Begin, long End)[_threads];
        long share = Bytes / _threads / (streams * 2 * Line) * (streams * 2 * Line);
        var threads = new Thread[_threads];
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i;
            byte* part = memory + i * share;
            threads[i] = new Thread(() =>
            {
                start.SignalAndWait();
                long begin = Stopwatch.GetTimestamp();
                Keep(Sum(part, share, streams, ahead));
                times[number] = (begin, Stopwatch.GetTimestamp());
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        return share * _threads / Stopwatch.GetElapsedTime(times.Min(time => time.Begin), times.Max(time => time.End)).TotalSeconds;
    }

    // Two lines of each stream in turn.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private static Vector256<byte> Sum(byte* start, long bytes, int streams, int ahead)
    {
        Vector256<byte> a = default, b = default;
        long length = bytes / streams;
        for (long offset = 0; offset < length; offset += 2 * Line)
        {
            byte* p = start + offset;
            for (int stream = 0; stream < streams; stream++, p += length)
            {
                if (ahead > 0 && System.Runtime.Intrinsics.X86.Sse.IsSupported)
                {
                    System.Runtime.Intrinsics.X86.Sse.Prefetch0(p + ahead);
                    System.Runtime.Intrinsics.X86.Sse.Prefetch0(p + ahead + Line);
                }

                a |= Vector256.Load(p) | Vector256.Load(p + 32);
                b |= Vector256.Load(p + 64) | Vector256.Load(p + 96);
            }
        }

        return a | b;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Keep(Vector256<byte> value) => GC.KeepAlive(value[0]);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
