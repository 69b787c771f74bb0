using System.Diagnostics;
using System.Runtime.CompilerServices;
using Takt.Clock;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Engine.Machine;

/// <summary>Measures what this machine can do at most, in a fraction of a second.</summary>
public static class MachineMeter
{
    private const int PieceBytes = 1 << 20;
    private const int FmaLoops = 1 << 15;
    private const int Floats = 16;
    private const int Rounds = 6;

    // Too small a factor to change a sum, which thus stays an ordinary number.
    private const float Unchanging = 1e-9f;

    /// <summary>Measures read bandwidth and the peak of 32-bit fused multiply-adds; the best of a few rounds each.</summary>
    /// <param name="team">The threads that the model will run on.</param>
    public static MachineProfile Measure(Team team) =>
        // 256 MiB is more than the last-level cache of most machines.
        Measure(team, readPieces: 256, fmaPieces: 64);

    internal static MachineProfile Measure(Team team, int readPieces, int fmaPieces) =>
        Lanes512.IsSupported ? Measure<Lanes512>(team, readPieces, fmaPieces)
        : Lanes256.IsSupported ? Measure<Lanes256>(team, readPieces, fmaPieces)
        : Lanes128.IsSupported ? Measure<Lanes128>(team, readPieces, fmaPieces)
        : Measure<LanesScalar>(team, readPieces, fmaPieces);

    private static unsafe MachineProfile Measure<T>(Team team, int readPieces, int fmaPieces) where T : struct, ILanes<T>
    {
        long bytes = (long)readPieces * PieceBytes;
        using var memory = new NativeBuffer(bytes);
        // Pages that were never written are all the same page of zeros.
        team.Run(readPieces, new FillTask(memory.Bytes));
        double read = bytes / Best(team, readPieces, new StreamRead<T>(memory.Bytes, PieceBytes));
        double four = 4 / Best(team, fmaPieces, default(FourChainsTask<T>)), eight = 8 / Best(team, fmaPieces, default(EightChainsTask<T>));
        double flopsPerChain = 2.0 * Floats * FmaLoops * fmaPieces;
        return new MachineProfile(team.Threads, read, Math.Max(four, eight) * flopsPerChain);
    }

    /// <summary>Seconds of the quickest round.</summary>
    private static double Best<TTask>(Team team, int pieces, TTask task) where TTask : struct, ITask
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(pieces, task);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (time < best) best = time;
        }

        return best.TotalSeconds;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(float value) => GC.KeepAlive(value);

    private readonly unsafe struct FillTask(byte* start) : ITask
    {
        public void Run(int index, int thread) => new Span<byte>(start + (long)index * PieceBytes, PieceBytes).Fill(1);
    }

    // Independent chains have to cover the latency of two multiply-add units: eight registers. That is four chains where a chain takes
    // two registers, and there are too few registers for eight.
    private readonly struct FourChainsTask<T> : ITask where T : struct, ILanes<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int thread)
        {
            T m = T.Broadcast(Unchanging);
            T a = T.Broadcast(1), b = a, c = a, d = a;
            for (int loop = 0; loop < FmaLoops; loop++)
            {
                a = T.MultiplyAdd(a, m, a);
                b = T.MultiplyAdd(b, m, b);
                c = T.MultiplyAdd(c, m, c);
                d = T.MultiplyAdd(d, m, d);
            }

            Keep(T.Sum(T.Add(T.Add(a, b), T.Add(c, d))));
        }
    }

    private readonly struct EightChainsTask<T> : ITask where T : struct, ILanes<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int thread)
        {
            T m = T.Broadcast(Unchanging);
            T a = T.Broadcast(1), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
            for (int loop = 0; loop < FmaLoops; loop++)
            {
                a = T.MultiplyAdd(a, m, a);
                b = T.MultiplyAdd(b, m, b);
                c = T.MultiplyAdd(c, m, c);
                d = T.MultiplyAdd(d, m, d);
                e = T.MultiplyAdd(e, m, e);
                f = T.MultiplyAdd(f, m, f);
                g = T.MultiplyAdd(g, m, g);
                h = T.MultiplyAdd(h, m, h);
            }

            Keep(T.Sum(T.Add(T.Add(T.Add(a, b), T.Add(c, d)), T.Add(T.Add(e, f), T.Add(g, h)))));
        }
    }
}
