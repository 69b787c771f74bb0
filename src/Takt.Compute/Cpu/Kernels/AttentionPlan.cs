using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>Queries of one sequence that share a KV head, and the partitions of positions that a piece of work covers.</summary>
/// <param name="Slice">The sequence's place in the batch.</param>
/// <param name="KvHead">The KV head.</param>
/// <param name="First">First query: row of the slice times query heads a KV head, plus the head among these.</param>
/// <param name="Count">How many queries.</param>
/// <param name="Begin">First partition.</param>
/// <param name="End">Partition behind the last.</param>
/// <param name="Partial">Where its state goes, or -1 where the piece covers all partitions and writes the result.</param>
internal readonly record struct AttentionPiece(int Slice, int KvHead, int First, int Count, int Begin, int End, int Partial);

/// <summary>A thread's memory for one piece at a time.</summary>
/// <param name="block">A block of keys or values as floats.</param>
/// <param name="queries">The queries.</param>
/// <param name="scores">Their scores in a partition, then the weights.</param>
/// <param name="sums">Their outputs of a partition.</param>
/// <param name="states">Their states, where these are not kept for merging.</param>
internal readonly unsafe struct AttentionScratch(float* block, float* queries, float* scores, float* sums, float* states)
{
    public float* Block { get; } = block;

    public float* Queries { get; } = queries;

    public float* Scores { get; } = scores;

    public float* Sums { get; } = sums;

    public float* States { get; } = states;
}

/// <summary>How the attention of a batch is cut into pieces. Reused from call to call.</summary>
/// <remarks>
/// Positions are cut into partitions of fixed size, whose results are merged in order; so a query gets the same bits whether one
/// thread walks all partitions or each is a piece of its own.
/// </remarks>
internal sealed unsafe class AttentionPlan : IDisposable
{
    /// <summary>Positions in a partition.</summary>
    public const int Partition = 512;

    /// <summary>Most queries in a piece.</summary>
    public const int Tile = 64;

    /// <summary>Floats from a query's scores to the next query's: rows at a power of two would share few places of a cache.</summary>
    public const int ScoreStride = Partition + 16;

    private const int PiecesPerThread = 4;

    private readonly List<AttentionPiece> _pieces = [];
    private readonly List<AttentionPiece> _merges = [];
    private BatchSlice[] _slices = new BatchSlice[1];
    private int _count;
    private NativeBuffer _scratch = new(0);
    private NativeBuffer _partials = new(0);
    private KvLayer _layer;
    private AttentionShape _shape;

    /// <summary>The sequences of the batch.</summary>
    public ReadOnlySpan<BatchSlice> Slices => _slices.AsSpan(0, _count);

    /// <summary>Pieces of work.</summary>
    public List<AttentionPiece> Pieces => _pieces;

    /// <summary>Queries whose partitions were pieces of their own; <c>Partial</c> is the first one's place.</summary>
    public List<AttentionPiece> Merges => _merges;

    /// <summary>Query heads that share a KV head.</summary>
    public int Group => _shape.Heads / _layer.Heads;

    /// <summary>Rows of the batch.</summary>
    public int Rows { get; private set; }

    /// <summary>Floats of a query's state: its output, then the largest score and the sum of weights.</summary>
    public int StateFloats => _layer.PaddedHeadSize + 16;

    private long ScratchFloats => (long)Tile * (ScoreStride + 2 * _layer.PaddedHeadSize + StateFloats) + KvLayer.BlockTokens * _layer.PaddedHeadSize;

    /// <summary>Takes in the sequences of a batch.</summary>
    public void Take(ReadOnlySpan<BatchSlice> slices)
    {
        if (_slices.Length < slices.Length) _slices = new BatchSlice[slices.Length];
        slices.CopyTo(_slices);
        _count = slices.Length;
        Rows = 0;
        foreach (ref readonly BatchSlice slice in slices) Rows += slice.Rows;
    }

    /// <summary>Cuts the work for the sequences taken in.</summary>
    public void Prepare(in KvLayer layer, in AttentionShape shape, int threads)
    {
        (_layer, _shape) = (layer, shape);
        _pieces.Clear();
        _merges.Clear();
        int whole = 0, partials = 0;
        foreach (ref readonly BatchSlice slice in Slices) whole += layer.Heads * ((slice.Rows * Group + Tile - 1) / Tile);
        bool split = threads > 1 && whole < threads * PiecesPerThread;
        for (int s = 0; s < _count; s++)
        {
            int queries = _slices[s].Rows * Group;
            for (int head = 0; head < layer.Heads; head++)
            {
                for (int first = 0; first < queries; first += Tile)
                    partials = Add(s, head, first, Math.Min(Tile, queries - first), split, partials);
            }
        }

        Grow(ref _scratch, threads * ScratchFloats);
        Grow(ref _partials, (long)partials * StateFloats);
    }

    private int Add(int slice, int head, int first, int count, bool split, int partials)
    {
        int begin = WindowStart(slice, first) / Partition, end = Position(slice, first + count - 1) / Partition + 1;
        if (!split || end - begin == 1)
        {
            _pieces.Add(new(slice, head, first, count, begin, end, -1));
            return partials;
        }

        _merges.Add(new(slice, head, first, count, begin, end, partials));
        for (int partition = begin; partition < end; partition++, partials += count)
            _pieces.Add(new(slice, head, first, count, partition, partition + 1, partials));
        return partials;
    }

    /// <summary>A query's position in its sequence.</summary>
    public int Position(int slice, int query) => _slices[slice].FirstPosition + query / Group;

    /// <summary>The first position a query sees.</summary>
    public int WindowStart(int slice, int query) => _shape.Window == 0 ? 0 : Math.Max(0, Position(slice, query) - _shape.Window + 1);

    /// <summary>A thread's scratch.</summary>
    public AttentionScratch Scratch(int thread)
    {
        float* block = _scratch.Floats + thread * ScratchFloats, queries = block + KvLayer.BlockTokens * _layer.PaddedHeadSize;
        float* scores = queries + Tile * _layer.PaddedHeadSize, sums = scores + Tile * ScoreStride;
        return new(block, queries, scores, sums, sums + Tile * _layer.PaddedHeadSize);
    }

    /// <summary>A state among the partial ones.</summary>
    public float* State(int partial) => _partials.Floats + (long)partial * StateFloats;

    private static void Grow(ref NativeBuffer buffer, long floats)
    {
        if (buffer.Length >= floats * sizeof(float)) return;
        buffer.Dispose();
        buffer = new NativeBuffer(floats * sizeof(float) * 3 / 2); // so that a growing context does not reallocate at every token
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scratch.Dispose();
        _partials.Dispose();
    }
}
