using Takt.Clock;
using Takt.Compute.Memory;

namespace Takt.Models;

/// <summary>A network that maps token ids to logits: the engine's only view of a model. One virtual call a cycle.</summary>
public interface IModel : IDisposable
{
    /// <summary>The model's shape.</summary>
    ModelConfig Config { get; }

    /// <summary>
    /// Gives every operation of the model a number in the ledger, and lets it watch the model's threads; called once, before
    /// <see cref="Forward"/>.
    /// </summary>
    void Register(Ledger ledger);

    /// <summary>
    /// Makes a KV cache of <paramref name="blocks"/> blocks of <see cref="KvCache.BlockTokens"/> tokens for sequences of at most
    /// <paramref name="context"/> tokens.
    /// </summary>
    KvCache CreateCache(int blocks, KvType type, int context);

    /// <summary>Runs the batch, stores its keys and values, and computes logits for <see cref="Batch.OutputRows"/>.</summary>
    /// <param name="batch">At least one row.</param>
    /// <param name="cache">Made by <see cref="CreateCache"/>.</param>
    /// <param name="probe">Receives the edges of every moment.</param>
    /// <returns>Logits, row-major [OutputRows.Count, VocabularySize]; valid until the next call.</returns>
    Span<float> Forward(Batch batch, KvCache cache, ref CycleProbe probe);
}
