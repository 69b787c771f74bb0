namespace Takt.Clock.Graphs;

/// <summary>Every moment of a model's forward pass in the order in which they run, before anything runs.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Moments">The moments.</param>
public sealed record ModelGraph(string Name, IReadOnlyList<GraphMoment> Moments)
{
    /// <summary>Layers.</summary>
    public int Layers { get; } = Moments.Where(static m => m.Moment.Layer != Moment.NoLayer).Select(static m => m.Moment.Layer).Distinct().Count();

    /// <summary>Bytes of all weights that a cycle may read.</summary>
    public long WeightBytes { get; } = Moments.Sum(static m => m.WeightBytes);

    /// <summary>Parameters of all moments.</summary>
    public long Parameters { get; } = Moments.Sum(static m => m.Parameters);

    /// <summary>Moments in all layers together.</summary>
    public int LayerMoments { get; } = Moments.Count(static m => m.Moment.Layer != Moment.NoLayer);

    /// <summary>The work of a whole cycle.</summary>
    public MomentWork Work(CycleShape shape) =>
        Moments.Aggregate(default(MomentWork), (sum, moment) => sum + moment.Work(shape));

    /// <summary>
    /// Independent operations of a cycle as the articles count them, N x L x C: N rows through L layers of C operations each. Layers
    /// may have different numbers of operations, so this adds them up.
    /// </summary>
    public long Operations(CycleShape shape) => (long)shape.Rows * LayerMoments;
}
