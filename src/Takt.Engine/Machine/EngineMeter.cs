using Takt.Clock;
using Takt.Compute.Memory;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using Takt.Models;

namespace Takt.Engine.Machine;

/// <summary>Measures what an engine does in a cycle besides the model: it admits, chooses, batches, stores and publishes.</summary>
internal static unsafe class EngineMeter
{
    private const int Warm = 20, Counted = 41;

    // More than caches hold: between two cycles a model's weights drive out what the engine keeps.
    private const int WeightBytes = 32 << 20;

    /// <summary>Measures one generating sequence, each moment under its own name.</summary>
    public static IEnumerable<RowRate> Measure()
    {
        using var model = new Weights();
        using var engine = new InferenceEngine(model);
        engine.Submit(new Request { Prompt = [0], MaxTokens = Warm + Counted, Sampling = SamplingOptions.Greedy, OnToken = static _ => true });
        engine.RunUntilIdle();
        return
        [
            .. engine.Ledger.Trace().Skip(Warm).SelectMany(static cycle => cycle.Moments)
                .Where(static span => CycleGraph.Bookkeeping.Contains(span.Moment.Op)).GroupBy(static span => span.Moment.Op)
                .Select(static same => new RowRate(
                    same.Key, Measured.Of([.. same.Select(static span => (double)span.Ticks / System.Diagnostics.Stopwatch.Frequency)]).Median, 0)),
        ];
    }

    /// <summary>A model that reads some memory and always says the same.</summary>
    private sealed class Weights : IModel
    {
        private readonly NativeBuffer _memory = new(WeightBytes);
        private readonly float[] _logits = new float[2];
        private int _read;

        public ModelConfig Config { get; } = new()
        {
            Architecture = "none",
            VocabularySize = 2,
            HiddenSize = 16,
            ContextLength = Warm + Counted + 1,
            FeedForwardSize = 16,
            Heads = 1,
            KvHeads = 1,
            HeadSize = 16,
            NormEpsilon = 1e-5f,
            AttentionScale = 0.25f,
            Layers = [new LayerConfig(0, null, false)],
        };

        public void Register(Ledger ledger) => _read = ledger.Register(Stage.Execute, Moment.NoLayer, "read");

        public KvCache CreateCache(int blocks, KvType type, int context) => new(Config, blocks, type, context);

        public Span<float> Forward(Batch batch, KvCache cache, ref CycleProbe probe)
        {
            new Span<byte>(_memory.Bytes, WeightBytes).Fill((byte)batch.Tokens.Count);
            probe.Edge(_read);
            return _logits;
        }

        public void Dispose() => _memory.Dispose();
    }
}
