using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Threading;

namespace Takt.Engine.Machine;

/// <summary>Reads pieces of memory, each from four places at once, as the kernels do.</summary>
/// <param name="start">The first piece.</param>
/// <param name="pieceBytes">Bytes of a piece, a multiple of 256.</param>
/// <param name="repeats">How often a piece is read over.</param>
internal readonly unsafe struct StreamRead<T>(byte* start, int pieceBytes, int repeats = 1) : ITask where T : struct, ILanes<T>
{
    private readonly byte* _start = start;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        int stream = pieceBytes / 4;
        byte* piece = _start + (long)index * pieceBytes;
        T a = T.Zero, b = a, c = a, d = a;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (byte* p = piece; p < piece + stream; p += 64)
            {
                a = T.Or(a, T.Load(p));
                b = T.Or(b, T.Load(p + stream));
                c = T.Or(c, T.Load(p + 2 * stream));
                d = T.Or(d, T.Load(p + 3 * stream));
                T.Prefetch(p + 1024);
                T.Prefetch(p + stream + 1024);
                T.Prefetch(p + 2 * stream + 1024);
                T.Prefetch(p + 3 * stream + 1024);
            }
        }

        Keep(T.Sum(T.Or(T.Or(a, b), T.Or(c, d))));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(float value) => GC.KeepAlive(value);
}
