using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// Causal attention of a batch's rows over the cached keys and values, which are read where they lie: a block at a time
/// serves all queries of the piece, as it is stored or as floats in the first-level cache (after Dao et al., 2022).
/// </summary>
/// <remarks>
/// What a query gets does not depend on the batch or on its neighbours in a piece: a score is one chain of fused multiply-adds over
/// the head; in a partition the sum of exponentials goes by position modulo 16 and the output is one chain over positions;
/// partitions are merged in order. A row never reads the values of later positions; those that its window leaves out add exact zeros.
/// </remarks>
internal readonly unsafe struct Attention<T, TKv>(
    Rows queries, AttentionPlan plan, KvLayer layer, AttentionShape shape, KvEntries entries, Rows output) : ITask
    where T : struct, ILanes<T>
    where TKv : struct, IKvFormat<TKv>
{
    private const int Block = KvLayer.BlockTokens, Partition = AttentionPlan.Partition, Stride = AttentionPlan.ScoreStride;

    [MethodImpl(Compile.AtOnce)]
    public void Run(int index, int thread)
    {
        AttentionPiece piece = plan.Pieces[index];
        AttentionScratch scratch = plan.Scratch(thread);
        float* states = piece.Partial < 0 ? scratch.States : plan.State(piece.Partial);
        for (int query = 0; query < piece.Count; query++)
        {
            AttentionState<T>.Clear(states + query * plan.StateFloats, layer.PaddedHeadSize);
            new Span<float>(Head(queries, piece, query), layer.HeadSize).CopyTo(new(scratch.Queries + query * layer.PaddedHeadSize, layer.HeadSize));
        }

        for (int partition = piece.Begin; partition < piece.End; partition++)
        {
            Weigh(piece, partition * Partition, scratch);
            for (int query = 0; query < piece.Count; query++)
            {
                (int from, int to) = Seen(piece, query, partition * Partition);
                if (from < to)
                    Softmax(scratch.Scores + query * Stride, from, to, states + query * plan.StateFloats, scratch.Sums + query * layer.PaddedHeadSize);
            }

            Sum(piece, partition * Partition, scratch);
            for (int query = 0; query < piece.Count; query++)
            {
                (int from, int to) = Seen(piece, query, partition * Partition);
                if (from < to)
                    AttentionState<T>.Add(states + query * plan.StateFloats, scratch.Sums + query * layer.PaddedHeadSize, layer.PaddedHeadSize);
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

    // The products of all queries with the keys of a partition, as far as the queries see them: lanes are tokens.
    [MethodImpl(Compile.AtOnce)]
    private void Weigh(in AttentionPiece piece, int start, in AttentionScratch scratch)
    {
        int begin = Seen(piece, 0, start).From / Block * Block, end = Seen(piece, piece.Count - 1, start).To;
        bool stored = ReadsStored(piece);
        for (int position = begin; position < end; position += Block)
        {
            byte* keys = At(layer.Keys, piece, start + position);
            byte* next = position + Block < end ? At(layer.Keys, piece, start + position + Block) : At(layer.Values, piece, start + begin);
            (int first, int last) = Seeing(piece, start + position);
            for (int query = first; query < last; query++)
                new Span<float>(scratch.Scores + query * Stride + position, Block).Clear();
            KvProduct product = new()
            {
                Rows = stored ? keys : (byte*)TKv.Keys<T>(keys, layer.HeadSize, scratch.Block),
                RowBytes = Block * (stored ? TKv.Bytes : sizeof(float)),
                Count = layer.HeadSize,
                Lanes = Block,
                Factors = scratch.Queries + first * layer.PaddedHeadSize,
                FactorBytes = layer.PaddedHeadSize * sizeof(float),
                Sums = scratch.Scores + first * Stride + position,
                SumBytes = Stride * sizeof(float),
                Queries = last - first,
                Ahead = stored ? next - keys : 0,
            };
            product.Add<T>(stored ? entries.Stored : entries.Floats);
        }
    }

    // Masks a partition's scores and exponentiates them; clears the output, and leaves largest score and sum behind the state.
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
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

    // Adds the weighted values of a partition to the outputs of all queries: lanes are values.
    [MethodImpl(Compile.AtOnce)]
    private void Sum(in AttentionPiece piece, int start, in AttentionScratch scratch)
    {
        int end = Seen(piece, piece.Count - 1, start).To, padded = layer.PaddedHeadSize;
        bool stored = ReadsStored(piece);
        for (int position = Seen(piece, 0, start).From / Block * Block; position < end; position += Block)
        {
            int tokens = Math.Min(Block, end - position);
            byte* values = At(layer.Values, piece, start + position);
            KvProduct product = new()
            {
                Rows = stored ? values : (byte*)TKv.Values<T>(values, layer.HeadSize, tokens, scratch.Block),
                RowBytes = padded * (stored ? TKv.Bytes : sizeof(float)),
                Lanes = padded,
                FactorBytes = Stride * sizeof(float),
                SumBytes = padded * sizeof(float),
                Ahead = stored && position + Block < end ? At(layer.Values, piece, start + position + Block) - values : 0,
            };
            (int query, int last) = Seeing(piece, start + position);
            for (int run; query < last; query = run)
            {
                // Queries behind one that sees all tokens see them too; of others, those of a row see the same.
                int seen = Math.Min(Seen(piece, query, start).To - position, tokens);
                run = seen == tokens ? last : Math.Min(last, query + plan.Group - (piece.First + query) % plan.Group);
                product.Count = seen;
                product.Factors = scratch.Scores + query * Stride + position;
                product.Sums = scratch.Sums + query * padded;
                product.Queries = run - query;
                product.Add<T>(stored ? entries.Stored : entries.Floats);
            }
        }
    }

    // Emitted code reads stored keys and values itself; where it has no products of floats, the tier's are better with many queries.
    private bool ReadsStored(in AttentionPiece piece) =>
        entries.Stored != 0 && (entries.Floats != 0 || piece.Count <= KvEmitter.MostQueries);

    private byte* At(nint data, in AttentionPiece piece, int position) =>
        (byte*)data + layer.Offset(plan.Slices[piece.Slice].Blocks[position / Block], piece.KvHead);

    // The queries that see something of the block at a position: from the first to the one before the second.
    private (int First, int Last) Seeing(in AttentionPiece piece, int position)
    {
        int before = position - plan.Slices[piece.Slice].FirstPosition;
        int first = Math.Max(before * plan.Group - piece.First, 0);
        if (shape.Window == 0) return (first, piece.Count);
        return (first, Math.Min((before + Block + shape.Window - 1) * plan.Group - piece.First, piece.Count));
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
