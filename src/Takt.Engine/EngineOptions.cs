using Takt.Compute.Memory;
using Takt.Models;

namespace Takt.Engine;

/// <summary>How an engine uses its model and memory.</summary>
public sealed record EngineOptions
{
    /// <summary>Most tokens of one sequence; null: as many as the model was made for and the cache holds.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Most sequences that run together, in the same cycles; others wait in line. 1 answers one request after the other.</summary>
    public int MaxSequences { get; init; } = 1;

    /// <summary>
    /// Tokens that the KV cache holds over all sequences; null: a full context for each of <see cref="MaxSequences"/>, or what fits a
    /// quarter of the memory. Memory is taken as tokens are stored.
    /// </summary>
    public int? CacheTokens { get; init; }

    /// <summary>Most rows of prompts in one cycle.</summary>
    public int PrefillChunk { get; init; } = 512;

    /// <summary>How keys and values are stored.</summary>
    public KvType KvType { get; init; } = KvType.F16;

    internal int ContextOf(ModelConfig model)
    {
        if (PrefillChunk < 1) throw new ArgumentException($"the prefill chunk must be 1 row or more, but is {PrefillChunk}");
        if (MaxSequences < 1) throw new ArgumentException($"1 sequence or more must run at a time, but {MaxSequences} are to");
        if (CacheTokens < 1) throw new ArgumentException($"the KV cache must hold 1 token or more, but is to hold {CacheTokens}");
        if (ContextLength < 1) throw new ArgumentException($"the context must be 1 token or more, but is {ContextLength}");
        if (ContextLength > model.ContextLength)
        {
            throw new ArgumentException(
                $"the context is {ContextLength} tokens, but this model was made for {model.ContextLength}; ask for at most that");
        }

        return ContextLength ?? model.ContextLength;
    }

    internal int CacheBlocksOf(ModelConfig model)
    {
        if (CacheTokens is { } tokens) return Cache.BlockPool.BlocksFor(tokens);
        long wanted = (long)MaxSequences * Cache.BlockPool.BlocksFor(ContextOf(model));
        long fits = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / KvCache.BlockBytes(model, KvType);
        return (int)Math.Clamp(fits, 1, Math.Min(wanted, int.MaxValue));
    }
}
