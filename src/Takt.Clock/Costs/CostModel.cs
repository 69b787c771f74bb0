using System.Globalization;
using Takt.Clock.Graphs;

namespace Takt.Clock.Costs;

/// <summary>A predicted wall time.</summary>
/// <param name="Seconds">The likely time.</param>
/// <param name="Low">Lower end of the interval that should hold nine cycles of ten.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Prediction(double Seconds, double Low, double High)
{
    /// <summary>Whether a time lies in the interval.</summary>
    public bool Holds(double seconds) => seconds >= Low && seconds <= High;
}

/// <summary>The time of a cycle as the profile alone has it, in the parts that a <see cref="CostModel"/> corrects.</summary>
internal sealed record CycleCost(double[] Parts, bool IsPrefill);

/// <summary>Predicts how long a cycle of one model takes on one machine, before it runs.</summary>
/// <remarks>
/// The machine's profile alone predicts the time of every moment (<see cref="Roofline"/>). Moments are summed in parts that may be off
/// for different reasons; every measured cycle corrects a factor on each part, and how far predictions were off makes the interval. One
/// thread at a time.
/// </remarks>
public sealed class CostModel
{
    // What the profile of a steady machine is off by at most nine times of ten.
    private const double GenerationWidth = 0.12, PrefillWidth = 0.2;
    private const double OutlierScales = 3;

    private readonly Roofline _roofline;
    private readonly List<(GraphMoment Moment, int Times)> _distinct;
    private readonly Fit _fit;
    private readonly Residuals _generation, _prefill;

    /// <summary>Begins with what the profile says.</summary>
    /// <exception cref="ArgumentException">The profile has only a roof; calibrate first.</exception>
    public CostModel(ModelGraph graph, MachineProfile profile) : this(graph, profile, new Fit((int)Part.Count))
    {
    }

    private CostModel(ModelGraph graph, MachineProfile profile, Fit fit)
    {
        ArgumentNullException.ThrowIfNull(graph);
        (Graph, Profile, _fit) = (graph, profile, fit);
        _roofline = new Roofline(profile, graph.WeightBytes);
        // Most layers are alike.
        _distinct = [.. graph.Moments.GroupBy(Likeness).Select(static same => (same.First(), same.Count()))];
        double unsteady = 1.645 * profile.Unsteadiness;
        (_generation, _prefill) = (new Residuals(Root(GenerationWidth, unsteady)), new Residuals(Root(PrefillWidth, unsteady)));
    }

    // Rows of a product are read once for one row and unpacked once for many: measured apart, wrong apart.
    private enum Part
    {
        ProductOfOne,
        ProductOfFew,
        ProductOfMany,
        AttentionOfOne,
        AttentionOfMany,
        Rest,
        Count,
    }

    /// <summary>The model.</summary>
    public ModelGraph Graph { get; }

    /// <summary>The machine.</summary>
    public MachineProfile Profile { get; }

    /// <summary>Cycles learned from.</summary>
    public long Learned { get; private set; }

    /// <summary>The wall time of a cycle.</summary>
    public Prediction Predict(CycleShape shape) => Predict(Cost(shape));

    /// <summary>
    /// A model for another graph or machine that starts from the factors that were learned here: the profile's errors are much the same.
    /// Its intervals are as wide as before anything was measured, for nothing of it was. What either of the two learns later, the other
    /// does not know.
    /// </summary>
    public CostModel For(ModelGraph graph, MachineProfile profile) => new(graph, profile, _fit.Clone()) { Learned = Learned };

    /// <summary>Takes in the time that a cycle took.</summary>
    /// <param name="shape">Its make-up.</param>
    /// <param name="seconds">Its wall time; above 0.</param>
    public void Learn(CycleShape shape, double seconds) => Learn(Cost(shape), seconds);

    /// <summary>
    /// Takes in a short measured run as a whole. What the fit to all other cycles says of each makes the interval: it is about cycles that
    /// were not measured.
    /// </summary>
    /// <param name="run">Kinds of cycles, each with the median of its times in seconds.</param>
    public void Learn(IReadOnlyList<(CycleShape Shape, double Seconds)> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        CycleCost[] costs = [.. run.Select(cycle => Cost(cycle.Shape))];
        foreach ((_, double seconds) in run) Check(seconds);
        for (int left = 0; left < costs.Length; left++)
        {
            Fit others = _fit.Clone();
            for (int i = 0; i < costs.Length; i++)
            {
                if (i != left) others.Add(costs[i].Parts, run[i].Seconds, 1, drift: false);
            }

            ResidualsOf(costs[left]).Add(Math.Log(run[left].Seconds / others.Sum(costs[left].Parts)));
        }

        for (int i = 0; i < costs.Length; i++) _fit.Add(costs[i].Parts, run[i].Seconds, 1, drift: false);
        Learned += run.Count;
    }

    /// <summary>The parts of a cycle's time.</summary>
    internal CycleCost Cost(CycleShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var parts = new double[(int)Part.Count];
        foreach ((GraphMoment moment, int times) in _distinct)
        {
            MomentCost cost = _roofline.Cost(moment, shape);
            parts[(int)PartOf(moment, shape)] += times * Math.Max(cost.MemorySeconds, cost.ComputeSeconds);
            parts[(int)Part.Rest] += times * cost.OverheadSeconds;
        }

        return new CycleCost(parts, IsPrefill(shape));
    }

    /// <summary>The wall time of a cycle; allocates nothing.</summary>
    internal Prediction Predict(CycleCost cost)
    {
        double seconds = _fit.Sum(cost.Parts);
        (double low, double high) = ResidualsOf(cost).Interval;
        // What the factors leave open comes on top of the noise that was seen. Before anything was learned the prior's width says both.
        double open = Learned == 0 ? 0 : 1.645 * _fit.Deviation(cost.Parts);
        double middle = (low + high) / 2, half = Root((high - low) / 2, open);
        return new Prediction(seconds, seconds * Math.Exp(middle - half), seconds * Math.Exp(middle + half));
    }

    /// <summary>Takes in the time that a cycle took; allocates nothing.</summary>
    internal void Learn(CycleCost cost, double seconds)
    {
        Check(seconds);
        Residuals residuals = ResidualsOf(cost);
        double log = Math.Log(seconds / _fit.Sum(cost.Parts)), limit = OutlierScales * residuals.Scale;
        // A cycle that was interrupted says little of those that will not be (Huber's weight).
        _fit.Add(cost.Parts, seconds, Math.Abs(log) <= limit ? 1 : limit / Math.Abs(log), drift: true);
        residuals.Add(log);
        Learned++;
    }

    private static void Check(double seconds)
    {
        if (!(seconds > 0 && double.IsFinite(seconds)))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a cycle takes a time above 0 seconds");
    }

    private static Part PartOf(GraphMoment moment, CycleShape shape) => (moment.Kind, moment.RowsOf(shape)) switch
    {
        (MomentKind.Product, 1) => Part.ProductOfOne,
        (MomentKind.Product, < Roofline.PrefillRows) => Part.ProductOfFew,
        (MomentKind.Product, _) => Part.ProductOfMany,
        (MomentKind.Attention, _) => IsPrefill(shape) ? Part.AttentionOfMany : Part.AttentionOfOne,
        _ => Part.Rest,
    };

    private static bool IsPrefill(CycleShape shape) => shape.Sequences.Any(static sequence => sequence.Rows >= Roofline.PrefillRows);

    private Residuals ResidualsOf(CycleCost cost) => cost.IsPrefill ? _prefill : _generation;

    private static double Root(double a, double b) => Math.Sqrt(a * a + b * b);

    private static string Likeness(GraphMoment moment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{moment.Moment.Op} {moment.RowBytes} {moment.RowFlops} {moment.TokenBytes} {moment.PairFlops} {moment.Window} {moment.Calls} {string.Join(' ', moment.Weights)}");
}
