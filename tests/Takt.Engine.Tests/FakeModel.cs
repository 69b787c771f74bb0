using Takt.Clock;
using Takt.Compute.Memory;
using Takt.Models;

namespace Takt.Engine.Tests;

/// <summary>
/// Stores every token id in its KV slot and computes logits from the ids it reads back: wrong positions, blocks or chunks give wrong logits.
/// </summary>
internal sealed unsafe class FakeModel : IModel
{
    private readonly float[] _logits;
    private int _mix, _head;

    public FakeModel(int vocabulary = 97, int context = 200)
    {
        Config = new ModelConfig
        {
            Architecture = "fake",
            VocabularySize = vocabulary,
            HiddenSize = 16,
            ContextLength = context,
            FeedForwardSize = 16,
            Heads = 1,
            KvHeads = 1,
            HeadSize = 16,
            NormEpsilon = 1e-5f,
            AttentionScale = 0.25f,
            Layers = [new LayerConfig(0, null, false)],
        };
        _logits = new float[600 * vocabulary];
    }

    public ModelConfig Config { get; }

    /// <summary>Rows of every batch so far.</summary>
    public List<int> Batches { get; } = new(10_000);

    /// <summary>Output rows of every batch so far.</summary>
    public List<int> Outputs { get; } = new(10_000);

    /// <summary>Called in every pass.</summary>
    public Action<Batch>? OnForward { get; set; }

    /// <summary>Changes the logits of a position.</summary>
    public Action<int, float[]>? Spoil { get; set; }

    /// <summary>The logits after a row of tokens; never two equal ones at the top.</summary>
    public static void Logits(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        uint hash = 2166136261;
        foreach (int token in tokens) hash = (hash ^ (uint)token) * 16777619;
        for (int v = 0; v < logits.Length; v++)
        {
            uint h = (hash ^ (uint)v) * 2654435761;
            h = (h ^ (h >> 15)) * 2246822519;
            logits[v] = (h >> 8) * (8f / (1 << 24));
        }
    }

    public void Register(Ledger ledger)
    {
        _mix = ledger.Register(Stage.Execute, 0, "mix");
        _head = ledger.Register(Stage.Execute, Moment.NoLayer, "head");
    }

    public KvCache CreateCache(int blocks, KvType type, int context) => new(Config, blocks, type, context);

    public Span<float> Forward(Batch batch, KvCache cache, ref CycleProbe probe)
    {
        Batches.Add(batch.Tokens.Count);
        Outputs.Add(batch.OutputRows.Count);
        OnForward?.Invoke(batch);
        Span<int> seen = stackalloc int[1024];
        int output = 0, vocabulary = Config.VocabularySize;
        foreach (BatchSlice slice in batch.Slices)
        {
            for (int i = 0; i < slice.Rows; i++) Slot(cache, slice, slice.FirstPosition + i) = batch.Tokens[slice.FirstRow + i];
            probe.Edge(_mix, bytes: 4 * slice.Rows, flops: slice.Rows);
            while (output < batch.OutputRows.Count && batch.OutputRows[output] < slice.FirstRow + slice.Rows)
            {
                int length = slice.FirstPosition + batch.OutputRows[output] - slice.FirstRow + 1;
                for (int position = 0; position < length; position++) seen[position] = (int)Slot(cache, slice, position);
                Logits(seen[..length], _logits.AsSpan(output++ * vocabulary, vocabulary));
                Spoil?.Invoke(length - 1, _logits);
            }
        }

        probe.Edge(_head);
        return _logits.AsSpan(0, output * vocabulary);
    }

    public void Dispose()
    {
    }

    private static ref float Slot(KvCache cache, BatchSlice slice, int position)
    {
        int block = slice.Blocks[position / KvCache.BlockTokens];
        return ref ((float*)cache.Layer(0).Keys)[(block * KvCache.BlockTokens + position % KvCache.BlockTokens) * 16];
    }
}
