using Takt.Clock;

namespace Takt.Models;

/// <summary>The numbers under which a transformer's operations are recorded.</summary>
internal sealed class TransformerMoments
{
    /// <summary>Those of one layer.</summary>
    internal sealed record Layer(
        int AttentionNorm, int QueryKeyValue, int QueryKeyNorm, int Rope, int KvStore, int Attention, int AttentionOutput,
        int AttentionResidual, int FeedForwardNorm, int Router, int GateUp, int Activate, int Down, int FeedForwardResidual);

    /// <summary>Registers all operations.</summary>
    public TransformerMoments(Ledger ledger, int layers)
    {
        int Whole(Stage stage, string op) => ledger.Register(stage, Moment.NoLayer, op);
        Embed = Whole(Stage.Decode, "embed");
        Angles = Whole(Stage.Decode, "rope_angles");
        OutputNorm = Whole(Stage.Execute, "output_norm");
        Logits = Whole(Stage.Execute, "logits");
        Layers = new Layer[layers];
        for (int i = 0; i < layers; i++)
        {
            int layer = i;
            int Op(string op) => ledger.Register(Stage.Execute, layer, op);
            Layers[i] = new Layer(
                Op("attention_norm"), Op("qkv"), Op("qk_norm"), Op("rope"), Op("kv_store"), Op("attention"), Op("attention_output"),
                Op("attention_residual"), Op("ffn_norm"), Op("router"), Op("gate_up"), Op("activation"), Op("down"), Op("ffn_residual"));
        }
    }

    /// <summary>Embedding of the batch.</summary>
    public int Embed { get; }

    /// <summary>Angles of the batch's positions.</summary>
    public int Angles { get; }

    /// <summary>The last norm.</summary>
    public int OutputNorm { get; }

    /// <summary>Logits of the rows that need them.</summary>
    public int Logits { get; }

    /// <summary>Layer by layer.</summary>
    public Layer[] Layers { get; }
}
