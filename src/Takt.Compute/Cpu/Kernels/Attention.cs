using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// Causal attention of a slice's rows over the cached keys and values, which are read where they lie. A piece is one KV head with
/// up to four queries (rows times the query heads that share the KV head).
/// </summary>
/// <remarks>
/// What a query gets does not depend on the batch or on its neighbours in a piece: a score is one chain of fused multiply-adds
/// over the head, the sum of exponentials goes by position modulo 16, the output is one chain over positions. A row never reads
/// the values of later positions; those that its window leaves out add exact zeros.
/// </remarks>
internal readonly unsafe struct Attention<T, TKv>(
    Rows queries, BatchSlice slice, KvLayer layer, AttentionShape shape, Rows output, float* scratch, long scratchPerThread) : ITask
    where T : struct, ILanes<T>
    where TKv : struct, IFloatPlane<TKv>
{
    /// <summary>Queries in a piece.</summary>
    public const int Tile = 4;

    private const int Block = KvLayer.BlockTokens;

    private int Group => shape.Heads / layer.Heads;

    /// <summary>Floats of scratch a thread needs for that many positions.</summary>
    public static long Scratch(int positions, int headSize) => (long)Tile * ((positions + Block - 1) / Block * Block + Rows.Pad(headSize) + 16);

    /// <summary>Number of pieces.</summary>
    public int Pieces => layer.Heads * TilesPerHead;

    private int TilesPerHead => (slice.Rows * Group + Tile - 1) / Tile;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        int kvHead = index / TilesPerHead;
        int first = index % TilesPerHead * Tile;
        int count = Math.Min(Tile, slice.Rows * Group - first);
        int begin = WindowStart(first) / Block * Block;
        int end = Position(first + count - 1) + 1;
        float* scores = scratch + thread * scratchPerThread;
        long stride = (end - begin + Block - 1) / Block * Block;
        float* sums = scores + Tile * stride;
        float** q = stackalloc float*[Tile];
        // A short tile repeats its last query; what is computed twice is written once.
        for (int i = 0; i < Tile; i++) q[i] = Head(queries, kvHead, first + Math.Min(i, count - 1));
        for (int position = begin; position < end; position += Block)
            Scores(q, kvHead, position, scores + position - begin, stride);
        for (int i = 0; i < Tile; i++)
            sums[i] = Softmax(scores + i * stride, (int)stride, first + Math.Min(i, count - 1), begin, kvHead);
        float* result = sums + 16;
        int shared = Position(first) + 1; // what all queries of the piece see
        for (int d = 0; d < layer.PaddedHeadSize; d += 16)
        {
            Values(scores, stride, kvHead, (begin, shared), d, result);
            for (int i = 0; i < Tile; i++)
                Last(scores + i * stride + shared - begin, kvHead, (shared, Position(first + Math.Min(i, count - 1)) + 1), d, sums[i], result + i * layer.PaddedHeadSize);
        }

        for (int i = 0; i < count; i++)
            new Span<float>(result + i * layer.PaddedHeadSize, layer.HeadSize).CopyTo(new Span<float>(Head(output, kvHead, first + i), layer.HeadSize));
    }

    private int Position(int query) => slice.FirstPosition + query / Group;

    private int WindowStart(int query) => shape.Window == 0 ? 0 : Math.Max(0, Position(query) - shape.Window + 1);

    private float* Head(Rows rows, int kvHead, int query) =>
        rows[slice.FirstRow + query / Group] + (kvHead * Group + query % Group) * layer.HeadSize;

    // Products of four queries with a block of keys: lanes are tokens.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scores(float** q, int kvHead, int position, float* scores, long stride)
    {
        byte* key = (byte*)layer.Keys + layer.Offset(slice.Blocks[position / Block], kvHead) * TKv.Bytes;
        T a0 = T.Zero, a1 = T.Zero, b0 = T.Zero, b1 = T.Zero, c0 = T.Zero, c1 = T.Zero, d0 = T.Zero, d1 = T.Zero;
        float* q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
        for (int d = 0; d < layer.HeadSize; d++, key += Block * TKv.Bytes)
        {
            T low = TKv.Load<T>(key), high = TKv.Load<T>(key + 16 * TKv.Bytes);
            T value = T.Broadcast(q0[d]);
            a0 = T.MultiplyAdd(low, value, a0);
            a1 = T.MultiplyAdd(high, value, a1);
            value = T.Broadcast(q1[d]);
            b0 = T.MultiplyAdd(low, value, b0);
            b1 = T.MultiplyAdd(high, value, b1);
            value = T.Broadcast(q2[d]);
            c0 = T.MultiplyAdd(low, value, c0);
            c1 = T.MultiplyAdd(high, value, c1);
            value = T.Broadcast(q3[d]);
            d0 = T.MultiplyAdd(low, value, d0);
            d1 = T.MultiplyAdd(high, value, d1);
        }

        StorePair(a0, a1, scores);
        StorePair(b0, b1, scores + stride);
        StorePair(c0, c1, scores + 2 * stride);
        StorePair(d0, d1, scores + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(T low, T high, float* scores)
    {
        T.Store(low, scores);
        T.Store(high, scores + 16);
    }

    // Masks, exponentiates and returns the factor that makes the weights sum to one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private float Softmax(float* scores, int count, int query, int begin, int kvHead)
    {
        ScaleAndCap<T>.Row(scores, count, shape.Scale, shape.SoftCap);
        int from = WindowStart(query) - begin, to = Position(query) + 1 - begin;
        new Span<float>(scores, from).Fill(float.NegativeInfinity);
        new Span<float>(scores + to, count - to).Fill(float.NegativeInfinity);
        T most = T.Broadcast(float.NegativeInfinity);
        for (int k = 0; k < count; k += 16) most = T.Max(most, T.Load(scores + k));
        float largest = T.MaxOf(most);
        float* sinks = (float*)shape.Sinks;
        float sink = sinks == null ? float.NegativeInfinity : sinks[kvHead * Group + query % Group];
        largest = MathF.Max(largest, sink);
        T shift = T.Broadcast(largest), sum = T.Zero;
        for (int k = 0; k < count; k += 16)
        {
            T weight = LaneMath.Exp(T.Subtract(T.Load(scores + k), shift));
            T.Store(weight, scores + k);
            sum = T.Add(sum, weight);
        }

        float total = T.Sum(sum);
        if (sinks != null) total += MathF.Exp(sink - largest);
        return 1f / total;
    }

    // Sixteen values of the output of four queries, from the positions that all of them see: lanes are values.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Values(float* scores, long stride, int kvHead, (int Begin, int End) seen, int d, float* result)
    {
        int padded = layer.PaddedHeadSize;
        (int begin, int end) = seen;
        T a = T.Zero, b = T.Zero, c = T.Zero, e = T.Zero;
        for (int position = begin; position < end; position += Block)
        {
            byte* value = (byte*)layer.Values + (layer.Offset(slice.Blocks[position / Block], kvHead) + d) * TKv.Bytes;
            int tokens = Math.Min(Block, end - position);
            float* p = scores + position - begin;
            for (int t = 0; t < tokens; t++, p++, value += padded * TKv.Bytes)
            {
                T v = TKv.Load<T>(value);
                a = T.MultiplyAdd(v, T.Broadcast(p[0]), a);
                b = T.MultiplyAdd(v, T.Broadcast(p[stride]), b);
                c = T.MultiplyAdd(v, T.Broadcast(p[2 * stride]), c);
                e = T.MultiplyAdd(v, T.Broadcast(p[3 * stride]), e);
            }
        }

        T.Store(a, result + d);
        T.Store(b, result + padded + d);
        T.Store(c, result + 2 * padded + d);
        T.Store(e, result + 3 * padded + d);
    }

    // Adds the positions that only some queries of the piece see to one of them, and scales its sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Last(float* weights, int kvHead, (int Begin, int End) seen, int d, float factor, float* result)
    {
        T sum = T.Load(result + d);
        for (int position = seen.Begin; position < seen.End; position++)
        {
            long row = layer.Offset(slice.Blocks[position / Block], kvHead) + position % Block * layer.PaddedHeadSize + d;
            sum = T.MultiplyAdd(TKv.Load<T>((byte*)layer.Values + row * TKv.Bytes), T.Broadcast(*weights++), sum);
        }

        T.Store(T.Multiply(sum, T.Broadcast(factor)), result + d);
    }
}
