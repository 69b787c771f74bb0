using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models;

/// <summary>
/// Walks a decoder as <see cref="Transformer"/> runs it and says what every moment costs. The forward pass counts by the same moments, so
/// what is analysed and what is recorded cannot differ.
/// </summary>
internal sealed class DecoderGraph
{
    private const int Float = sizeof(float);

    private readonly ModelConfig _config;
    private readonly KvType _kvType;
    private readonly List<GraphMoment> _moments = [];
    private int _residual;

    private DecoderGraph(ModelConfig config, KvType kvType) => (_config, _kvType) = (config, kvType);

    private long Width => _config.HiddenSize;

    private long Queries => (long)_config.Heads * _config.HeadSize;

    private long Keys => (long)_config.KvHeads * _config.HeadSize;

    private int Last => _moments.Count - 1;

    /// <summary>The graph of a model whose weights are described, loaded or not.</summary>
    public static ModelGraph Of(ModelConfig config, DecoderTensors tensors, IReadOnlyList<LayerWeights> layers, Linear output, KvType kvType)
    {
        var graph = new DecoderGraph(config, kvType);
        graph.Begin(tensors);
        for (int i = 0; i < layers.Count; i++)
        {
            graph.Attention(i, layers[i]);
            graph.FeedForward(i, layers[i]);
        }

        graph.End(output);
        return new ModelGraph(config.Architecture, graph._moments);
    }

    /// <summary>The graph of a model that is not loaded: metadata and norms are read, matrices only described.</summary>
    /// <param name="file">The model.</param>
    /// <param name="backend">Says how it would keep the matrices.</param>
    /// <param name="kvType">How keys and values would be stored.</param>
    /// <exception cref="InvalidDataException">The architecture is unknown or the file does not fit it.</exception>
    public static ModelGraph Of(ModelFile file, Backend backend, KvType kvType)
    {
        DecoderArchitecture architecture = DecoderArchitecture.Of(file);
        ModelConfig config = architecture.ReadConfig(file);
        DecoderTensors tensors = architecture.FindTensors(file, config);
        using var loader = new WeightLoader(backend);
        LayerWeights[] layers = [.. tensors.Layers.Select(layer => LayerWeights.Load(loader, config, layer))];
        return Of(config, tensors, layers, loader.Linear(tensors.Output), kvType);
    }

    private void Begin(DecoderTensors tensors)
    {
        Tensor table = tensors.TokenEmbedding;
        long row = table.ByteLength / table.Rows, parameters = ReferenceEquals(table, tensors.Output.Weight) ? 0 : table.Count;
        if (tensors.PositionEmbedding is { } positions)
        {
            row += positions.ByteLength / positions.Rows;
            parameters += positions.Count;
        }

        Add(Stage.Decode, Moment.NoLayer, "embed", MomentKind.Rowwise, [], moment => moment with
        {
            RowBytes = row + Float * Width,
            Parameters = parameters,
            Calls = 0,
        });
        _residual = Last;
        bool rotates = _config.Rope != RopeKind.None && _config.RopeSize > 0;
        int kinds = _config.Layers.Where(static layer => layer.Rope is not null).Select(static layer => layer.Rope).Distinct().Count();
        if (!rotates || kinds == 0) return;
        Add(Stage.Decode, Moment.NoLayer, "rope_angles", MomentKind.Rowwise, [], moment => moment with
        {
            RowBytes = (long)kinds * _config.RopeSize * Float,
            Calls = 0,
        });
    }

    private void Attention(int layer, LayerWeights weights)
    {
        int input = Norm(layer, "attention_norm", weights.PreAttention, _residual);
        Linear[] qkv = [weights.Query, weights.Key, weights.Value];
        Product(layer, "qkv", [input], qkv, Float * (Width + Queries + 2 * Keys), 2 * Width * (Queries + 2 * Keys));
        int heads = Last;
        if (weights.QueryNorm != 0)
        {
            long size = weights.NormPerHead ? 2 * _config.HeadSize : Queries + Keys;
            Row(layer, "qk_norm", [heads], 2 * Float * (Queries + Keys), 4 * (Queries + Keys), 2, size);
        }

        int angles = _moments.FindIndex(static moment => moment.Moment.Op == "rope_angles");
        if (angles >= 0 && _config.Layers[layer].Rope is not null)
            Row(layer, "rope", [Last, angles], 2 * Float * (Queries + Keys), 3 * (Queries + Keys), 2);
        Attend(layer, weights, Last);
        Product(layer, "attention_output", [Last], [weights.AttentionOutput], Float * (Queries + Width), 2 * Width * Queries);
        Residual(layer, "attention_residual", weights.PostAttention);
    }

    private void Attend(int layer, LayerWeights weights, int rotated)
    {
        // Keys and values of one token, both.
        long token = 2 * _config.KvHeads * KvLayer.HeadBytes(_kvType, _config.HeadSize) / KvLayer.BlockTokens;
        string type = _kvType.ToString().ToLowerInvariant();
        Add(Stage.Execute, layer, "kv_store", MomentKind.Rowwise, [rotated], moment => moment with
        {
            RowBytes = 2 * Float * Keys,
            RowKvBytes = token,
            KvType = type,
        });
        Add(Stage.Execute, layer, "attention", MomentKind.Attention, [rotated, Last], moment => moment with
        {
            RowBytes = 2 * Float * Queries,
            TokenBytes = token,
            PairFlops = 4 * Queries,
            Window = _config.Layers[layer].Window,
            KvType = type,
            Parameters = weights.Sinks != 0 ? _config.Heads : 0,
        });
    }

    private void FeedForward(int layer, LayerWeights weights)
    {
        int input = Norm(layer, "ffn_norm", weights.PreFeedForward, _residual);
        if (weights.Experts is { } experts) Experts(layer, experts, input);
        else Dense(layer, weights, input);
        Residual(layer, "ffn_residual", weights.PostFeedForward);
    }

    private void Dense(int layer, LayerWeights weights, int input)
    {
        long size = _config.FeedForwardSize;
        Linear[] up = weights.Gate is { } gate ? [gate, weights.Up!.Value] : [weights.Up!.Value];
        Product(layer, "gate_up", [input], up, Float * (Width + up.Length * size), 2 * Width * size * up.Length);
        Row(layer, "activation", [Last], 3 * Float * size, 5 * size);
        Product(layer, "down", [Last], [weights.Down!.Value], Float * (size + Width), 2 * Width * size);
    }

    // A row goes through each expert that it uses: copied there, multiplied, and added up.
    private void Experts(int layer, ExpertWeights weights, int input)
    {
        long size = _config.ExpertSize, used = _config.ExpertsUsed;
        Product(layer, "router", [input], [weights.Router], Float * (Width + _config.Experts), 2 * Width * _config.Experts);
        GraphMoment OfExperts(GraphMoment moment) => moment with { Experts = _config.Experts, ExpertsUsed = _config.ExpertsUsed };
        Product(layer, "gate_up", [input, Last], [.. weights.Gates, .. weights.Ups], used * Float * (3 * Width + 2 * size), used * 4 * Width * size, OfExperts);
        Row(layer, "activation", [Last], used * 3 * Float * size, used * 5 * size);
        Product(layer, "down", [Last], weights.Downs, used * Float * (size + 3 * Width), used * 2 * Width * (size + 1), OfExperts);
    }

    private void End(Linear output)
    {
        long vocabulary = _config.VocabularySize;
        Row(Moment.NoLayer, "output_norm", [_residual], 2 * Float * Width, 4 * Width, 1, Width, "norm");
        _moments[^1] = _moments[^1] with { OutputsOnly = true };
        Product(Moment.NoLayer, "logits", [Last], [output], Float * (Width + vocabulary), 2 * Width * vocabulary, static moment => moment with { OutputsOnly = true });
    }

    private int Norm(int layer, string op, NormWeights? norm, int input)
    {
        if (norm is null) return input;
        Row(layer, op, [input], 2 * Float * Width, 4 * Width, 1, Width, "norm");
        return Last;
    }

    private void Residual(int layer, string op, NormWeights? post)
    {
        long norm = post is null ? 0 : 1;
        Row(
            layer, op, [Last, _residual], (3 + 2 * norm) * Float * Width, (2 + 4 * norm) * Width, 1 + (int)norm, norm * Width, "residual");
        _residual = Last;
    }

    private void Row(int layer, string op, int[] inputs, long bytes, long flops, int calls = 1, long parameters = 0, string? rate = null) =>
        Add(Stage.Execute, layer, op, MomentKind.Rowwise, inputs, moment => moment with
        {
            RowBytes = bytes,
            RowFlops = flops,
            Calls = calls,
            Parameters = parameters,
            Rate = rate ?? op,
        });

    private void Product(
        int layer, string op, int[] inputs, Linear[] maps, long bytes, long flops, Func<GraphMoment, GraphMoment>? more = null)
    {
        WeightPart[] parts =
        [
            .. maps.GroupBy(static map => map.W.Format.Name).Select(static same => new WeightPart(
                same.Key, same.Sum(static map => (long)map.W.Rows * map.W.Columns), same.Sum(static map => map.W.Bytes), same.First().W.Columns)),
        ];
        long biases = maps.Sum(static map => map.Bias == 0 ? 0L : map.W.Rows);
        Add(Stage.Execute, layer, op, MomentKind.Product, inputs, moment => (more ?? (static same => same))(moment with
        {
            Weights = parts,
            WeightBytes = parts.Sum(static part => part.Bytes),
            Parameters = parts.Sum(static part => part.Parameters) + biases,
            RowBytes = bytes,
            RowFlops = flops,
            // Activations of block formats are quantised first.
            Calls = maps.Any(static map => map.W.Format is BlockWeightFormat) ? 2 : 1,
        }));
    }

    private void Add(Stage stage, int layer, string op, MomentKind kind, int[] inputs, Func<GraphMoment, GraphMoment> fill) =>
        _moments.Add(fill(new GraphMoment(new Moment(stage, layer, op), kind) { Inputs = inputs }));
}
