using Takt.Clock.Graphs;

namespace Takt.Clock.Costs;

/// <summary>Says before each cycle of an engine how long it will take, and learns afterwards how long it took.</summary>
/// <remarks>
/// On the engine's thread. Made for every token: what a cycle costs is worked out once a kind of batch and once in
/// <see cref="StoredStep"/> tokens, and of the later cycles some are learned from.
/// </remarks>
/// <param name="cost">The model of whole cycles, which nobody else uses meanwhile.</param>
/// <param name="threads">Threads that compute.</param>
public sealed class LearningPredictor(CostModel cost, int threads)
{
    // Attention grows so slowly that a step of one block of keys cannot be seen in a cycle.
    private const int StoredStep = 32;
    private const int LearnAll = 64, LearnEvery = 8;

    private CycleWork _kind;
    private CycleCost? _cost;
    private long _cycles;

    /// <summary>The prediction of a cycle; null where it has no rows.</summary>
    public Prediction? Predict(in CycleWork work) => work.Rows == 0 ? null : cost.Predict(CostOf(work));

    /// <summary>Learns what a cycle took.</summary>
    /// <param name="work">What it did.</param>
    /// <param name="seconds">Its wall time; above 0.</param>
    public void Learn(in CycleWork work, double seconds)
    {
        if (work.Rows == 0) return;
        if (work.PrefillRows > 0 || cost.Learned < LearnAll || _cycles++ % LearnEvery == 0) cost.Learn(CostOf(work), seconds);
    }

    private CycleCost CostOf(in CycleWork work)
    {
        CycleWork kind = work with { KvTokens = work.KvTokens / (StoredStep * Math.Max(1, work.Sequences)), SeenTokens = 0 };
        if (_cost is not null && kind == _kind) return _cost;
        _kind = kind;
        return _cost = cost.Cost(CycleShape.Of(work, work.OutputRows) with { Threads = threads });
    }
}
