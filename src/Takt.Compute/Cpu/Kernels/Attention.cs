using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// Causal attention of a batch's rows over the cached keys and values, which are read where they lie: a block at a time becomes
/// floats in the first-level cache and serves all queries of the piece (after Dao et al., 2022).
/// </summary>
/// <remarks>
/// What a query gets does not depend on the batch or on its neighbours in a piece: a score is one chain of fused multiply-adds over
/// the head; in a partition the sum of exponentials goes by position modulo 16 and the output is one chain over positions;
/// partitions are merged in order. A row never reads the values of later positions; those that its window leaves out add exact zeros.
/// </remarks>
internal readonly unsafe struct Attention<T, TKv>(Rows queries, AttentionPlan plan, KvLayer layer, AttentionShape shape, Rows output) : ITask
    where T : struct, ILanes<T>
    where TKv : struct, IKvFormat<TKv>
{
    private const int Block = KvLayer.BlockTokens, Partition = AttentionPlan.Partition, Tile = AttentionPlan.Tile;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        AttentionPiece piece = plan.Pieces[index];
        float* floats = plan.Scratch(thread), scores = floats + Block * layer.PaddedHeadSize, sums = scores + Tile * Partition;
        float* states = piece.Partial < 0 ? sums + Tile * layer.PaddedHeadSize : plan.State(piece.Partial);
        for (int query = 0; query < piece.Count; query++) AttentionState<T>.Clear(states + query * plan.StateFloats, layer.PaddedHeadSize);
        for (int partition = piece.Begin; partition < piece.End; partition++)
        {
            Weigh(piece, partition * Partition, floats, scores);
            for (int query = 0; query < piece.Count; query++)
            {
                (int from, int to) = Seen(piece, query, partition * Partition);
                if (from < to) Softmax(scores + query * Partition, from, to, states + query * plan.StateFloats, sums + query * layer.PaddedHeadSize);
            }

            Sum(piece, partition * Partition, floats, scores, sums);
            for (int query = 0; query < piece.Count; query++)
            {
                (int from, int to) = Seen(piece, query, partition * Partition);
                if (from < to) AttentionState<T>.Add(states + query * plan.StateFloats, sums + query * layer.PaddedHeadSize, layer.PaddedHeadSize);
            }
        }

        if (piece.Partial < 0)
            for (int query = 0; query < piece.Count; query++) Finish(piece, query, states + query * plan.StateFloats);
    }

    /// <summary>Writes a query's result.</summary>
    public void Finish(in AttentionPiece piece, int query, float* state)
    {
        int head = piece.KvHead * plan.Group + (piece.First + query) % plan.Group;
        AttentionState<T>.Finish(state, layer.PaddedHeadSize, shape.Sinks == 0 ? null : (float*)shape.Sinks + head);
        new Span<float>(state, layer.HeadSize).CopyTo(new Span<float>(Head(output, piece, query), layer.HeadSize));
    }

    private float* Head(Rows rows, in AttentionPiece piece, int query)
    {
        int all = piece.First + query;
        return rows[plan.Slices[piece.Slice].FirstRow + all / plan.Group] + (piece.KvHead * plan.Group + all % plan.Group) * layer.HeadSize;
    }

    // The positions of a partition that a query sees, counted from the partition's first.
    private (int From, int To) Seen(in AttentionPiece piece, int query, int start)
    {
        int all = piece.First + query;
        return (Math.Max(plan.WindowStart(piece.Slice, all) - start, 0), Math.Min(plan.Position(piece.Slice, all) + 1 - start, Partition));
    }

    // The products of all queries with the keys of a partition, as far as the queries see them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(in AttentionPiece piece, int start, float* floats, float* scores)
    {
        int end = Seen(piece, piece.Count - 1, start).To;
        int[] blocks = plan.Slices[piece.Slice].Blocks;
        float** q = stackalloc float*[4];
        for (int position = Seen(piece, 0, start).From / Block * Block; position < end; position += Block)
        {
            long at = layer.Offset(blocks[(start + position) / Block], piece.KvHead);
            float* keys = TKv.Keys<T>((byte*)layer.Keys + at, layer.HeadSize, floats);
            for (int query = 0; query < piece.Count; query += 4)
            {
                int last = Math.Min(query + 3, piece.Count - 1);
                if (Seen(piece, last, start).To <= position) continue; // none of the four sees the block
                // A short tile repeats its last query, whose scores are written twice.
                for (int i = 0; i < 4; i++) q[i] = Head(queries, piece, Math.Min(query + i, last));
                Scores(q, keys, scores + query * Partition + position, last - query);
            }
        }
    }

    // Products of four queries with a block of keys: lanes are tokens.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scores(float** q, float* keys, float* scores, int last)
    {
        T a0 = T.Zero, a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        float* q0 = q[0], q1 = q[1], q2 = q[2], q3 = q[3];
        for (int d = 0; d < layer.HeadSize; d++, keys += Block)
        {
            T low = T.Load(keys), high = T.Load(keys + 16), value = T.Broadcast(q0[d]);
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

        StorePair(d0, d1, scores + last * Partition);
        StorePair(c0, c1, scores + Math.Min(2, last) * Partition);
        StorePair(b0, b1, scores + Math.Min(1, last) * Partition);
        StorePair(a0, a1, scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(T low, T high, float* scores)
    {
        T.Store(low, scores);
        T.Store(high, scores + 16);
    }

    // Masks a partition's scores and exponentiates them; clears the output, and leaves largest score and sum behind the state.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Softmax(float* scores, int from, int to, float* state, float* sums)
    {
        int begin = from / Block * Block, end = (to + Block - 1) / Block * Block;
        ScaleAndCap<T>.Row(scores + begin, end - begin, shape.Scale, shape.SoftCap);
        new Span<float>(scores + begin, from - begin).Fill(float.NegativeInfinity);
        new Span<float>(scores + to, end - to).Fill(float.NegativeInfinity);
        T most = T.Broadcast(float.NegativeInfinity), sum = T.Zero;
        for (int k = begin; k < end; k += 16) most = T.Max(most, T.Load(scores + k));
        float largest = T.MaxOf(most);
        T shift = T.Broadcast(largest);
        for (int k = begin; k < end; k += 16)
        {
            T weight = LaneMath.Exp(T.Subtract(T.Load(scores + k), shift));
            T.Store(weight, scores + k);
            sum = T.Add(sum, weight);
        }

        AttentionState<T>.SetPartition(state, layer.PaddedHeadSize, largest, T.Sum(sum));
        for (int d = 0; d < layer.PaddedHeadSize; d += 16) T.Store(T.Zero, sums + d);
    }

    // Adds the weighted values of a partition to the outputs of all queries.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(in AttentionPiece piece, int start, float* floats, float* scores, float* sums)
    {
        int end = Seen(piece, piece.Count - 1, start).To, padded = layer.PaddedHeadSize;
        int[] blocks = plan.Slices[piece.Slice].Blocks;
        for (int position = Seen(piece, 0, start).From / Block * Block; position < end; position += Block)
        {
            int tokens = Math.Min(Block, end - position);
            long at = layer.Offset(blocks[(start + position) / Block], piece.KvHead);
            float* values = TKv.Values<T>((byte*)layer.Values + at, layer.HeadSize, tokens, floats);
            for (int query = 0; query < piece.Count;)
            {
                int seen = Math.Min(Seen(piece, query, start).To - position, tokens);
                int far = Math.Min(query + 3, piece.Count - 1);
                // Four queries that see the same tokens of the block and whose windows have begun go together.
                bool together = far == query + 3 && seen == Math.Min(Seen(piece, far, start).To - position, tokens)
                    && Seen(piece, far, start).From < position + Block;
                if (seen > 0 && Seen(piece, query, start).From < position + Block)
                {
                    if (together) AddFour(scores + query * Partition + position, values, seen, sums + query * padded);
                    else AddOne(scores + query * Partition + position, values, seen, sums + query * padded);
                }

                query += together ? 4 : 1;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddFour(float* weights, float* values, int tokens, float* sums)
    {
        int padded = layer.PaddedHeadSize;
        for (int d = 0; d < padded; d += 16, sums += 16, values += 16)
        {
            T a = T.Load(sums), b = T.Load(sums + padded), c = T.Load(sums + 2 * padded), e = T.Load(sums + 3 * padded);
            float* value = values, weight = weights;
            for (int t = 0; t < tokens; t++, weight++, value += padded)
            {
                T v = T.Load(value);
                a = T.MultiplyAdd(v, T.Broadcast(weight[0]), a);
                b = T.MultiplyAdd(v, T.Broadcast(weight[Partition]), b);
                c = T.MultiplyAdd(v, T.Broadcast(weight[2 * Partition]), c);
                e = T.MultiplyAdd(v, T.Broadcast(weight[3 * Partition]), e);
            }

            T.Store(a, sums);
            T.Store(b, sums + padded);
            T.Store(c, sums + 2 * padded);
            T.Store(e, sums + 3 * padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void AddOne(float* weights, float* values, int tokens, float* sums)
    {
        int padded = layer.PaddedHeadSize;
        for (int d = 0; d < padded; d += 16, sums += 16, values += 16)
        {
            T sum = T.Load(sums);
            float* value = values;
            for (int t = 0; t < tokens; t++, value += padded) sum = T.MultiplyAdd(T.Load(value), T.Broadcast(weights[t]), sum);
            T.Store(sum, sums);
        }
    }
}

/// <summary>Merges the partitions of queries that were pieces of their own.</summary>
internal readonly unsafe struct MergeAttention<T, TKv>(AttentionPlan plan, Attention<T, TKv> attention, int paddedHeadSize) : ITask
    where T : struct, ILanes<T>
    where TKv : struct, IKvFormat<TKv>
{
    public void Run(int index, int thread)
    {
        AttentionPiece piece = plan.Merges[index];
        for (int query = 0; query < piece.Count; query++)
        {
            float* state = plan.State(piece.Partial + query);
            for (int partition = 1; partition < piece.End - piece.Begin; partition++)
                AttentionState<T>.Merge(state, plan.State(piece.Partial + partition * piece.Count + query), paddedHeadSize);
            attention.Finish(piece, query, state);
        }
    }
}
