using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// What a query has of the partitions so far: its output, relative to its largest score, and behind it that score, the sum of weights,
/// and the same two of the partition at work.
/// </summary>
internal static unsafe class AttentionState<T> where T : struct, ILanes<T>
{
    private const int Largest = 0, Sum = 1, PartLargest = 2, PartSum = 3;

    /// <summary>Nothing seen yet.</summary>
    public static void Clear(float* state, int size)
    {
        state[size + Largest] = float.NegativeInfinity;
        state[size + Sum] = 0;
    }

    /// <summary>Notes largest score and sum of the partition at work.</summary>
    public static void SetPartition(float* state, int size, float largest, float sum)
    {
        state[size + PartLargest] = largest;
        state[size + PartSum] = sum;
    }

    /// <summary>Adds the partition at work, whose output is given.</summary>
    public static void Add(float* state, float* output, int size) =>
        Merge(state, output, state[size + PartLargest], state[size + PartSum], size);

    /// <summary>Adds what another state has of the partitions that follow.</summary>
    public static void Merge(float* state, float* next, int size)
    {
        if (next[size + Largest] != float.NegativeInfinity || next[size + Sum] != 0)
            Merge(state, next, next[size + Largest], next[size + Sum], size);
    }

    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void Merge(float* state, float* output, float largest, float sum, int size)
    {
        float before = state[size + Largest];
        if (before == float.NegativeInfinity && state[size + Sum] == 0)
        {
            for (int d = 0; d < size; d += 16) T.Store(T.Load(output + d), state + d);
            (state[size + Largest], state[size + Sum]) = (largest, sum);
            return;
        }

        float most = MathF.Max(before, largest);
        T keep = LaneMath.Exp(T.Broadcast(before - most)), add = LaneMath.Exp(T.Broadcast(largest - most));
        for (int d = 0; d < size; d += 16)
            T.Store(T.MultiplyAdd(T.Load(state + d), keep, T.Multiply(T.Load(output + d), add)), state + d);
        state[size + Largest] = most;
        state[size + Sum] = MathF.FusedMultiplyAdd(state[size + Sum], T.MaxOf(keep), sum * T.MaxOf(add));
    }

    /// <summary>Lets the weights sum to one; a sink is a further logit without a value.</summary>
    public static void Finish(float* state, int size, float* sink)
    {
        float factor = 1, sum = state[size + Sum];
        if (sink != null)
        {
            float most = MathF.Max(state[size + Largest], *sink);
            factor = T.MaxOf(LaneMath.Exp(T.Broadcast(state[size + Largest] - most)));
            sum = MathF.FusedMultiplyAdd(sum, factor, T.MaxOf(LaneMath.Exp(T.Broadcast(*sink - most))));
        }

        T scale = T.Broadcast(factor / sum);
        for (int d = 0; d < size; d += 16) T.Store(T.Multiply(T.Load(state + d), scale), state + d);
    }
}
