using Takt.Clock;
using Takt.Clock.Graphs;

namespace Takt.Models;

/// <summary>
/// A moment under its number in the ledger, with what it costs. The numbers of its <see cref="GraphMoment"/> are copied here because they
/// are wanted once a token, when weights have driven everything else out of the near caches: so they come with the line before.
/// </summary>
/// <param name="Number">The number.</param>
/// <param name="WeightBytes">Bytes of all its weights.</param>
/// <param name="RowBytes">Bytes moved for each row.</param>
/// <param name="RowFlops">Operations for each row.</param>
internal readonly record struct CountedMoment(int Number, long WeightBytes, long RowBytes, long RowFlops)
{
    /// <summary>Registers a moment.</summary>
    public CountedMoment(Ledger ledger, GraphMoment graph)
        : this(ledger.Register(graph.Moment.Stage, graph.Moment.Layer, graph.Moment.Op), graph.WeightBytes, graph.BytesOf(1), graph.FlopsOf(1))
    {
    }

    /// <summary>Ends the moment, which ran for some rows and read all of its weights.</summary>
    public void Count<TProbe>(ref TProbe probe, int rows) where TProbe : struct, IProbe => Count(ref probe, rows, WeightBytes);

    /// <summary>Ends the moment, which ran for some rows and read some weights.</summary>
    public void Count<TProbe>(ref TProbe probe, int rows, long weightBytes) where TProbe : struct, IProbe =>
        probe.Edge(Number, weightBytes + rows * RowBytes, rows * RowFlops);
}

/// <summary>A transformer's operations under their numbers in a ledger.</summary>
internal sealed class TransformerMoments
{
    /// <summary>Those of one layer, and what attention costs for each stored token and each pair of a row and a token.</summary>
    internal sealed record Layer(
        CountedMoment AttentionNorm, CountedMoment QueryKeyValue, CountedMoment QueryKeyNorm, CountedMoment Rope, CountedMoment KvStore,
        CountedMoment Attention, CountedMoment AttentionOutput, CountedMoment AttentionResidual, CountedMoment FeedForwardNorm,
        CountedMoment Router, CountedMoment GateUp, CountedMoment Activate, CountedMoment Down, CountedMoment FeedForwardResidual,
        long TokenBytes, long PairFlops);

    /// <summary>Registers every moment of a graph.</summary>
    public TransformerMoments(Ledger ledger, ModelGraph graph, int layers)
    {
        Dictionary<(int Layer, string Op), (GraphMoment Graph, CountedMoment Counted)> moments = graph.Moments.ToDictionary(
            static moment => (moment.Moment.Layer, moment.Moment.Op), moment => (moment, new CountedMoment(ledger, moment)));
        CountedMoment Whole(string op) => moments[(Moment.NoLayer, op)].Counted;
        Embed = Whole("embed");
        Angles = moments.TryGetValue((Moment.NoLayer, "rope_angles"), out var angles) ? angles.Counted : null;
        OutputNorm = Whole("output_norm");
        Logits = Whole("logits");
        Layers = new Layer[layers];
        for (int i = 0; i < layers; i++)
        {
            int layer = i;
            CountedMoment Op(string op) => moments.GetValueOrDefault((layer, op)).Counted;
            GraphMoment attention = moments[(layer, "attention")].Graph;
            Layers[i] = new Layer(
                Op("attention_norm"), Op("qkv"), Op("qk_norm"), Op("rope"), Op("kv_store"), Op("attention"), Op("attention_output"),
                Op("attention_residual"), Op("ffn_norm"), Op("router"), Op("gate_up"), Op("activation"), Op("down"), Op("ffn_residual"),
                attention.TokenBytes, attention.PairFlops);
        }
    }

    /// <summary>Embedding of the batch.</summary>
    public CountedMoment Embed { get; }

    /// <summary>Angles of the batch's positions; null where the model does not rotate.</summary>
    public CountedMoment? Angles { get; }

    /// <summary>The last norm.</summary>
    public CountedMoment OutputNorm { get; }

    /// <summary>Logits of the rows that need them.</summary>
    public CountedMoment Logits { get; }

    /// <summary>Layer by layer.</summary>
    public Layer[] Layers { get; }
}
