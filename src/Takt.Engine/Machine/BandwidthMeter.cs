using System.Diagnostics;
using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Engine.Machine;

/// <summary>Bytes a second that a way of reading memory got.</summary>
/// <param name="Threads">Threads that read.</param>
/// <param name="Streams">Places that each of them read at once.</param>
/// <param name="Prefetch">Whether they asked for memory ahead of its use.</param>
/// <param name="LargePages">Whether large pages were asked for.</param>
/// <param name="BytesPerSecond">The quickest round's.</param>
public sealed record ReadBandwidth(int Threads, int Streams, bool Prefetch, bool LargePages, double BytesPerSecond);

/// <summary>Measures how fast this machine reads memory, by threads, streams, prefetch and kind of page.</summary>
public static class BandwidthMeter
{
    private const int PieceBytes = 1 << 20, Ahead = 1024, Line = 64, LinesPerLoop = 4, Rounds = 3;

    /// <summary>Measures every way of reading, in less than a second.</summary>
    /// <param name="threads">Most threads; one thread is measured too.</param>
    /// <param name="pieces">MiB to read; more than the caches hold.</param>
    public static IReadOnlyList<ReadBandwidth> Measure(int threads, int pieces = 128) =>
        Lanes256.IsSupported ? Measure<Lanes256>(threads, pieces)
        : Lanes128.IsSupported ? Measure<Lanes128>(threads, pieces)
        : Measure<LanesScalar>(threads, pieces);

    private static unsafe List<ReadBandwidth> Measure<T>(int threads, int pieces) where T : struct, ILanes<T>
    {
        var results = new List<ReadBandwidth>();
        foreach (bool large in (bool[])[false, true])
        {
            using var memory = new NativeBuffer((long)pieces * PieceBytes, large);
            // Pages that were never written are all the same page of zeros.
            for (int i = 0; i < pieces; i++) new Span<byte>(memory.Bytes + (long)i * PieceBytes, PieceBytes).Fill(1);
            foreach (int count in threads > 1 ? (int[])[1, threads] : [1])
            {
                using var team = new Team(count);
                foreach (int streams in (int[])[1, 2, 4])
                {
                    foreach (bool prefetch in (bool[])[false, true])
                    {
                        double seconds = Quickest(team, pieces, new ReadTask<T>(memory.Bytes, streams, prefetch ? Ahead : 0));
                        results.Add(new ReadBandwidth(count, streams, prefetch, large, (double)pieces * PieceBytes / seconds));
                    }
                }
            }
        }

        return results;
    }

    private static double Quickest<TTask>(Team team, int pieces, TTask task) where TTask : struct, ITask
    {
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(pieces, task);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    // Four lines of 64 bytes a turn: four neighbours, two pairs, or four far apart. Without prefetch a line asks for itself.
    private readonly unsafe struct ReadTask<T>(byte* start, int streams, int ahead) : ITask where T : struct, ILanes<T>
    {
        private readonly byte* _start = start;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int thread)
        {
            int stream = PieceBytes / streams, step = Line * LinesPerLoop / streams;
            int one = streams == 4 ? stream : Line, two = streams == 1 ? 2 * Line : streams == 2 ? stream : 2 * stream, three = one + two;
            T a = T.Zero, b = a, c = a, d = a;
            byte* piece = _start + (long)index * PieceBytes;
            for (byte* p = piece; p < piece + stream; p += step)
            {
                a = T.Or(a, T.Load(p));
                b = T.Or(b, T.Load(p + one));
                c = T.Or(c, T.Load(p + two));
                d = T.Or(d, T.Load(p + three));
                T.Prefetch(p + ahead);
                T.Prefetch(p + one + ahead);
                T.Prefetch(p + two + ahead);
                T.Prefetch(p + three + ahead);
            }

            Keep(T.Sum(T.Or(T.Or(a, b), T.Or(c, d))));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(float value) => GC.KeepAlive(value);
}
