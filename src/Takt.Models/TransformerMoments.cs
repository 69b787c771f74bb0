using Takt.Clock;
using Takt.Clock.Graphs;

namespace Takt.Models;

/// <summary>A moment under its number in the ledger, with what it costs.</summary>
/// <param name="Number">The number.</param>
/// <param name="Graph">The moment; null for a step that the layer does not have.</param>
internal readonly record struct CountedMoment(int Number, GraphMoment? Graph)
{
    /// <summary>Ends the moment, which ran for some rows and read all of its weights.</summary>
    public void Count<TProbe>(ref TProbe probe, int rows) where TProbe : struct, IProbe => Count(ref probe, rows, Graph!.WeightBytes);

    /// <summary>Ends the moment, which ran for some rows and read some weights.</summary>
    public void Count<TProbe>(ref TProbe probe, int rows, long weightBytes) where TProbe : struct, IProbe =>
        probe.Edge(Number, weightBytes + Graph!.BytesOf(rows), Graph.FlopsOf(rows));
}

/// <summary>A transformer's operations under their numbers in a ledger.</summary>
internal sealed class TransformerMoments
{
    /// <summary>Those of one layer.</summary>
    internal sealed record Layer(
        CountedMoment AttentionNorm, CountedMoment QueryKeyValue, CountedMoment QueryKeyNorm, CountedMoment Rope, CountedMoment KvStore,
        CountedMoment Attention, CountedMoment AttentionOutput, CountedMoment AttentionResidual, CountedMoment FeedForwardNorm,
        CountedMoment Router, CountedMoment GateUp, CountedMoment Activate, CountedMoment Down, CountedMoment FeedForwardResidual);

    /// <summary>Registers every moment of a graph.</summary>
    public TransformerMoments(Ledger ledger, ModelGraph graph, int layers)
    {
        Dictionary<(int Layer, string Op), CountedMoment> counted = graph.Moments.ToDictionary(
            static moment => (moment.Moment.Layer, moment.Moment.Op),
            moment => new CountedMoment(ledger.Register(moment.Moment.Stage, moment.Moment.Layer, moment.Moment.Op), moment));
        CountedMoment Whole(string op) => counted.GetValueOrDefault((Moment.NoLayer, op));
        Embed = Whole("embed");
        Angles = Whole("rope_angles");
        OutputNorm = Whole("output_norm");
        Logits = Whole("logits");
        Layers = new Layer[layers];
        for (int i = 0; i < layers; i++)
        {
            int layer = i;
            CountedMoment Op(string op) => counted.GetValueOrDefault((layer, op));
            Layers[i] = new Layer(
                Op("attention_norm"), Op("qkv"), Op("qk_norm"), Op("rope"), Op("kv_store"), Op("attention"), Op("attention_output"),
                Op("attention_residual"), Op("ffn_norm"), Op("router"), Op("gate_up"), Op("activation"), Op("down"), Op("ffn_residual"));
        }
    }

    /// <summary>Embedding of the batch.</summary>
    public CountedMoment Embed { get; }

    /// <summary>Angles of the batch's positions, where the model rotates.</summary>
    public CountedMoment Angles { get; }

    /// <summary>The last norm.</summary>
    public CountedMoment OutputNorm { get; }

    /// <summary>Logits of the rows that need them.</summary>
    public CountedMoment Logits { get; }

    /// <summary>Layer by layer.</summary>
    public Layer[] Layers { get; }
}
