using Takt.Formats;

namespace Takt.Models.Architectures;

/// <summary>Finds the tensors of a decoder under GGUF's names and checks that their shapes fit its configuration.</summary>
internal sealed class TensorFinder(ModelFile file, DecoderArchitecture architecture, ModelConfig config)
{
    /// <summary>Finds them all.</summary>
    public DecoderTensors Find()
    {
        Tensor embedding = Weight(TensorNames.TokenEmbedding, config.HiddenSize, config.VocabularySize);
        bool tied = file.Find(TensorNames.Weight(TensorNames.Output)) is null;
        return new DecoderTensors
        {
            TokenEmbedding = embedding,
            PositionEmbedding = architecture.LearnedPositions
                ? Weight(TensorNames.PositionEmbedding, config.HiddenSize, config.ContextLength)
                : null,
            Layers = [.. Enumerable.Range(0, config.Layers.Count).Select(FindLayer)],
            OutputNorm = Norm(TensorNames.OutputNorm),
            Output = tied
                ? new WeightAndBias(embedding, Optional(TensorNames.Bias(TensorNames.Output), config.VocabularySize))
                : Linear(TensorNames.Output, config.HiddenSize, config.VocabularySize),
            RopeFactors = Optional(TensorNames.Weight(TensorNames.RopeFactors), config.RopeSize / 2),
            RopeFactorsLong = Optional(TensorNames.Weight(TensorNames.RopeFactorsLong), config.RopeSize / 2),
            RopeFactorsShort = Optional(TensorNames.Weight(TensorNames.RopeFactorsShort), config.RopeSize / 2),
        };
    }

    private LayerTensors FindLayer(int index)
    {
        int queries = config.Heads * config.HeadSize, keys = config.KvHeads * config.HeadSize, hidden = config.HiddenSize;
        string Name(string name) => TensorNames.Layer(index, name);
        WeightAndBias? NormOrNone(string? name) => name is null ? null : Norm(Name(name));
        bool fused = file.Find(TensorNames.Weight(Name(TensorNames.QueryKeyValue))) is not null;
        bool headNorms = architecture.QueryKeyNorm != QueryKeyNorm.None, perHead = architecture.QueryKeyNorm == QueryKeyNorm.PerHead;
        var layer = new LayerTensors
        {
            PreAttentionNorm = NormOrNone(architecture.Norms.PreAttention),
            PostAttentionNorm = NormOrNone(architecture.Norms.PostAttention),
            PreFeedForwardNorm = NormOrNone(architecture.Norms.PreFeedForward),
            PostFeedForwardNorm = NormOrNone(architecture.Norms.PostFeedForward),
            QueryKeyValue = fused ? Linear(Name(TensorNames.QueryKeyValue), hidden, queries + 2 * keys) : null,
            Query = fused ? null : Linear(Name(TensorNames.Query), hidden, queries),
            Key = fused ? null : Linear(Name(TensorNames.Key), hidden, keys),
            Value = fused ? null : Linear(Name(TensorNames.Value), hidden, keys),
            QueryNorm = headNorms ? Weight(Name(TensorNames.QueryNorm), perHead ? config.HeadSize : queries) : null,
            KeyNorm = headNorms ? Weight(Name(TensorNames.KeyNorm), perHead ? config.HeadSize : keys) : null,
            Sinks = architecture.Sinks ? Weight(Name(TensorNames.Sinks), config.Heads) : null,
            AttentionOutput = Linear(Name(TensorNames.AttentionOutput), queries, hidden),
        };
        return config.Layers[index].Experts ? WithExperts(layer, Name) : WithFeedForward(layer, Name);
    }

    private LayerTensors WithFeedForward(LayerTensors layer, Func<string, string> name)
    {
        int hidden = config.HiddenSize, size = config.FeedForwardSize;
        bool separateGate = architecture.HasGate && !architecture.FusedGateUp;
        return layer with
        {
            Gate = separateGate ? Linear(name(TensorNames.Gate), hidden, size) : null,
            Up = architecture.FusedGateUp ? null : Linear(name(TensorNames.Up), hidden, size),
            GateUp = architecture.FusedGateUp ? Linear(name(TensorNames.Up), hidden, 2 * size) : null,
            Down = Linear(name(TensorNames.Down), size, hidden),
        };
    }

    private LayerTensors WithExperts(LayerTensors layer, Func<string, string> name)
    {
        int hidden = config.HiddenSize, size = config.ExpertSize, experts = config.Experts;
        return layer with
        {
            Router = Linear(name(TensorNames.Router), hidden, experts),
            ExpertGates = Linear(name(TensorNames.ExpertGates), hidden, size, experts),
            ExpertUps = Linear(name(TensorNames.ExpertUps), hidden, size, experts),
            ExpertDowns = Linear(name(TensorNames.ExpertDowns), size, hidden, experts),
        };
    }

    private WeightAndBias Norm(string name) =>
        new(Weight(name, config.HiddenSize), Optional(TensorNames.Bias(name), config.HiddenSize));

    // A bias has the shape of the weight without its first dimension.
    private WeightAndBias Linear(string name, params long[] shape) =>
        new(Weight(name, shape), Optional(TensorNames.Bias(name), shape[1..]));

    private Tensor Weight(string name, params long[] shape)
    {
        name = TensorNames.Weight(name);
        return Optional(name, shape) ?? throw new InvalidDataException(
            $"{file.Path}: tensor '{name}' is missing; a '{architecture.Name}' model needs it with shape [{string.Join(", ", shape)}].");
    }

    private Tensor? Optional(string name, params long[] shape)
    {
        Tensor? tensor = file.Find(name);
        return tensor is null || tensor.Shape.SequenceEqual(shape)
            ? tensor
            : throw new InvalidDataException(
                $"{file.Path}: tensor '{name}' has shape [{string.Join(", ", tensor.Shape)}]; expected [{string.Join(", ", shape)}].");
    }
}
