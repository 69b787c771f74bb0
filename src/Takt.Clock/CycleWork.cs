using Takt.Clock.Costs;

namespace Takt.Clock;

/// <summary>What a batch is made of: all that a cycle's time depends on besides the model, the threads and the machine.</summary>
/// <param name="PrefillRows">Rows of prompts.</param>
/// <param name="GenerationRows">Rows of generated tokens.</param>
/// <param name="Sequences">Sequences that the rows belong to.</param>
/// <param name="OutputRows">Rows whose logits are computed.</param>
/// <param name="KvTokens">Tokens of KV that its sequences hold when it has run.</param>
/// <param name="SeenTokens">
/// Pairs of a row and a position at or before it, over all sequences: the size of attention where no window bounds it.
/// </param>
public readonly record struct CycleWork(
    int PrefillRows, int GenerationRows, int Sequences, int OutputRows, long KvTokens, long SeenTokens)
{
    /// <summary>All rows of the batch.</summary>
    public int Rows => PrefillRows + GenerationRows;
}

/// <summary>Says how long a cycle will take, before it runs.</summary>
/// <param name="work">What it is about to do.</param>
/// <returns>Its wall time, or null where that cannot be said yet.</returns>
public delegate Prediction? CyclePredictor(in CycleWork work);

/// <summary>Told how long a cycle took, after it ran.</summary>
/// <param name="work">What it did.</param>
/// <param name="seconds">Its wall time.</param>
public delegate void CycleObserver(in CycleWork work, double seconds);
