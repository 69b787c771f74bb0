using Takt.Models.Architectures;

namespace Takt.Models;

/// <summary>The weights of one decoder layer; null is a step that the layer does not have.</summary>
internal sealed record LayerWeights
{
    public required NormWeights? PreAttention { get; init; }

    public required NormWeights? PostAttention { get; init; }

    public required NormWeights? PreFeedForward { get; init; }

    public required NormWeights? PostFeedForward { get; init; }

    public required Linear Query { get; init; }

    public required Linear Key { get; init; }

    public required Linear Value { get; init; }

    public required nint QueryNorm { get; init; }

    public required nint KeyNorm { get; init; }

    /// <summary>Whether query and key norms are over each head; else over all heads together.</summary>
    public required bool NormPerHead { get; init; }

    public required nint Sinks { get; init; }

    public required Linear AttentionOutput { get; init; }

    public Linear? Gate { get; init; }

    public Linear? Up { get; init; }

    public Linear? Down { get; init; }

    public ExpertWeights? Experts { get; init; }

    /// <summary>Loads a layer; fused matrices are taken apart, so that there is one forward pass.</summary>
    public static LayerWeights Load(WeightLoader loader, ModelConfig config, LayerTensors tensors)
    {
        int queries = config.Heads * config.HeadSize, keys = config.KvHeads * config.HeadSize, hidden = config.FeedForwardSize;
        WeightAndBias? fused = tensors.QueryKeyValue, gateUp = tensors.GateUp;
        return new LayerWeights
        {
            PreAttention = loader.Norm(tensors.PreAttentionNorm),
            PostAttention = loader.Norm(tensors.PostAttentionNorm),
            PreFeedForward = loader.Norm(tensors.PreFeedForwardNorm),
            PostFeedForward = loader.Norm(tensors.PostFeedForwardNorm),
            Query = fused is null ? loader.Linear(tensors.Query!) : loader.Linear(fused, 0, queries),
            Key = fused is null ? loader.Linear(tensors.Key!) : loader.Linear(fused, queries, keys),
            Value = fused is null ? loader.Linear(tensors.Value!) : loader.Linear(fused, queries + keys, keys),
            QueryNorm = tensors.QueryNorm is null ? 0 : loader.Vector(tensors.QueryNorm),
            KeyNorm = tensors.KeyNorm is null ? 0 : loader.Vector(tensors.KeyNorm),
            NormPerHead = tensors.QueryNorm?.Count == config.HeadSize && tensors.KeyNorm?.Count == config.HeadSize,
            Sinks = tensors.Sinks is null ? 0 : loader.Vector(tensors.Sinks),
            AttentionOutput = loader.Linear(tensors.AttentionOutput),
            Gate = gateUp is not null ? loader.Linear(gateUp, 0, hidden) : tensors.Gate is null ? null : loader.Linear(tensors.Gate),
            Up = gateUp is not null ? loader.Linear(gateUp, hidden, hidden) : tensors.Up is null ? null : loader.Linear(tensors.Up),
            Down = tensors.Down is null ? null : loader.Linear(tensors.Down),
            Experts = tensors.Router is null ? null : new ExpertWeights(
                loader.Linear(tensors.Router), loader.Experts(tensors.ExpertGates!), loader.Experts(tensors.ExpertUps!),
                loader.Experts(tensors.ExpertDowns!)),
        };
    }
}

/// <summary>The weights of a mixture of experts.</summary>
/// <param name="Router">One output an expert.</param>
/// <param name="Gates">Gate projections, one an expert.</param>
/// <param name="Ups">Up projections.</param>
/// <param name="Downs">Down projections.</param>
internal sealed record ExpertWeights(Linear Router, Linear[] Gates, Linear[] Ups, Linear[] Downs);
