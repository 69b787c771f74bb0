using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// Rotates pairs of every head by the angles of the row's position, a row a piece (Su et al., 2021). The angles' row holds the
/// cosines of all pairs, then their sines.
/// </summary>
internal readonly unsafe struct Rope<T>(Rows x, int headSize, int ropeSize, bool interleaved, Rows angles) : ITask
    where T : struct, ILanes<T>
{
    [MethodImpl(Compile.AtOnce)]
    public void Run(int index, int thread)
    {
        int pairs = ropeSize / 2;
        float* cos = angles[index], sin = cos + Rows.Pad(pairs);
        for (float* head = x[index], end = head + x.Width; head < end; head += headSize)
        {
            if (interleaved) Turn(head, head + 1, 2, 0, pairs, cos, sin);
            else TurnHalves(head, head + pairs, pairs, cos, sin);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnHalves(float* a, float* b, int pairs, float* cos, float* sin)
    {
        int i = 0;
        for (; i + 16 <= pairs; i += 16)
        {
            T x = T.Load(a + i), y = T.Load(b + i), c = T.Load(cos + i), s = T.Load(sin + i);
            T minus = T.Subtract(T.Zero, y);
            T.Store(T.MultiplyAdd(x, c, T.Multiply(minus, s)), a + i);
            T.Store(T.MultiplyAdd(y, c, T.Multiply(x, s)), b + i);
        }

        Turn(a, b, 1, i, pairs, cos, sin);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* a, float* b, int step, int first, int pairs, float* cos, float* sin)
    {
        for (int i = first; i < pairs; i++)
        {
            float x = a[i * step], y = b[i * step];
            a[i * step] = MathF.FusedMultiplyAdd(x, cos[i], -y * sin[i]);
            b[i * step] = MathF.FusedMultiplyAdd(y, cos[i], x * sin[i]);
        }
    }
}
