using System.Diagnostics;

namespace Takt.Clock;

/// <summary>What a cycle did.</summary>
/// <param name="PrefillRows">Rows of prompts.</param>
/// <param name="GenerationRows">Rows of generated tokens.</param>
/// <param name="KvTokens">Tokens of KV that its sequences hold after it.</param>
/// <param name="TokensPublished">Tokens handed to hosts.</param>
public readonly record struct CycleWork(int PrefillRows, int GenerationRows, long KvTokens, int TokensPublished);

/// <summary>One cycle in the ledger.</summary>
/// <param name="Number">Cycles before it since the ledger was made.</param>
/// <param name="StartTicks">When it began, in <see cref="Stopwatch"/> ticks.</param>
/// <param name="WallTicks">How long it took.</param>
/// <param name="MomentTicks">How much of that its moments explain.</param>
/// <param name="Work">What it did.</param>
public readonly record struct CycleRecord(long Number, long StartTicks, long WallTicks, long MomentTicks, CycleWork Work)
{
    /// <summary>How many stamps it left in the ledger's buffer.</summary>
    internal int Stamps { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double WallSeconds => (double)WallTicks / Stopwatch.Frequency;
}
