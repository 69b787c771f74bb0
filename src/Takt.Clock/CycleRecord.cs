using System.Diagnostics;
using Takt.Clock.Costs;

namespace Takt.Clock;

/// <summary>One cycle in the ledger. Times are <see cref="Stopwatch"/> ticks.</summary>
public sealed record CycleRecord
{
    /// <summary>Cycles before it since the ledger was made.</summary>
    public required long Number { get; init; }

    /// <summary>When it began.</summary>
    public required long StartTicks { get; init; }

    /// <summary>How long it took.</summary>
    public required long WallTicks { get; init; }

    /// <summary>How much of that its moments explain, waits at barriers included.</summary>
    public required long MomentTicks { get; init; }

    /// <summary>How long each thread worked, the engine's first; the rest of <see cref="MomentTicks"/> it waited.</summary>
    public required IReadOnlyList<long> BusyTicks { get; init; }

    /// <summary>What its batch was made of.</summary>
    public required CycleWork Work { get; init; }

    /// <summary>Tokens handed to hosts.</summary>
    public required int TokensPublished { get; init; }

    /// <summary>What was predicted before it ran; null where nothing was.</summary>
    public required Prediction? Prediction { get; init; }

    /// <summary>What was predicted before it ran, in seconds; null where nothing was.</summary>
    public double? PredictedSeconds => Prediction?.Seconds;

    /// <summary>The median of the cycles before it with like work; null where there were too few.</summary>
    public required long? TypicalTicks { get; init; }

    /// <summary>Whether it took longer than cycles with like work do; <see cref="Disturbances"/> says what happened meanwhile.</summary>
    public required bool IsOutlier { get; init; }

    /// <summary>What the runtime and the system did in it.</summary>
    public required Disturbances Disturbances { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double WallSeconds => (double)WallTicks / Stopwatch.Frequency;
}

/// <summary>A cycle with its moments, to be drawn.</summary>
/// <param name="Cycle">The cycle.</param>
/// <param name="Moments">Its moments, in the order in which they ran.</param>
public sealed record CycleTrace(CycleRecord Cycle, IReadOnlyList<MomentSpan> Moments);

/// <summary>One moment as it ran. Times are <see cref="Stopwatch"/> ticks.</summary>
/// <param name="Moment">Which moment.</param>
/// <param name="StartTicks">When it began.</param>
/// <param name="Ticks">How long it took.</param>
/// <param name="Bytes">Bytes it had to move.</param>
/// <param name="Flops">Floating-point operations it had to do.</param>
/// <param name="BusyTicks">How long each thread worked in it, the engine's first.</param>
public readonly record struct MomentSpan(
    Moment Moment, long StartTicks, long Ticks, long Bytes, long Flops, ReadOnlyMemory<int> BusyTicks);
