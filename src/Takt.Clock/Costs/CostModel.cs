using System.Globalization;
using Takt.Clock.Graphs;

namespace Takt.Clock.Costs;

/// <summary>A predicted wall time.</summary>
/// <param name="Seconds">The likely time.</param>
/// <param name="Low">Lower end of the interval that should hold nine cycles of ten.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Prediction(double Seconds, double Low, double High);

/// <summary>Predicts how long a cycle of one model takes on one machine, before it runs.</summary>
/// <remarks>
/// The machine's profile alone predicts the time of every moment (<see cref="Roofline"/>). Moments are summed in six parts that may be off
/// for different reasons; every measured cycle corrects a factor on each part, and how far predictions were off makes the interval. One
/// thread at a time.
/// </remarks>
public sealed class CostModel
{
    // What the profile alone is off by at most nine times of ten.
    private const double GenerationWidth = 0.12, PrefillWidth = 0.2;
    private const double OutlierScales = 3;

    private readonly Roofline _roofline;
    private readonly List<(GraphMoment Moment, int Times)> _distinct;
    private readonly Fit _fit = new((int)Part.Count);
    private readonly Residuals _generation = new(GenerationWidth), _prefill = new(PrefillWidth);

    /// <summary>Begins with what the profile says.</summary>
    /// <exception cref="ArgumentException">The profile has only a roof; calibrate first.</exception>
    public CostModel(ModelGraph graph, MachineProfile profile)
    {
        ArgumentNullException.ThrowIfNull(graph);
        (Graph, Profile) = (graph, profile);
        _roofline = new Roofline(profile, graph.WeightBytes);
        // Most layers are alike.
        _distinct = [.. graph.Moments.GroupBy(Likeness).Select(static same => (same.First(), same.Count()))];
    }

    private CostModel(ModelGraph graph, MachineProfile profile, CostModel learned) : this(graph, profile) =>
        (_fit, Learned) = (learned._fit, learned.Learned);

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
    public Prediction Predict(CycleShape shape)
    {
        Span<double> parts = stackalloc double[(int)Part.Count];
        Split(shape, parts);
        double seconds = _fit.Sum(parts);
        (double low, double high) = ResidualsOf(shape).Interval();
        // What the factors leave open comes on top of the noise that was seen. Before anything was learned the prior's width says both.
        double open = Learned == 0 ? 0 : 1.645 * _fit.Deviation(parts);
        return new Prediction(
            seconds, seconds * Math.Exp(-Math.Sqrt(low * low + open * open)), seconds * Math.Exp(Math.Sqrt(high * high + open * open)));
    }

    /// <summary>
    /// A model for another graph or machine that starts from what was learned here: the profile's errors are much the same. Its intervals
    /// are as wide as before anything was measured, for nothing of it was. What either of the two
    /// learns later, both know.
    /// </summary>
    public CostModel For(ModelGraph graph, MachineProfile profile) => new(graph, profile, this);

    /// <summary>Takes in the time that a cycle took.</summary>
    /// <param name="shape">Its make-up.</param>
    /// <param name="seconds">Its wall time; above 0.</param>
    public void Learn(CycleShape shape, double seconds)
    {
        if (!(seconds > 0 && double.IsFinite(seconds)))
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a cycle takes a time above 0 seconds");
        Span<double> parts = stackalloc double[(int)Part.Count];
        Split(shape, parts);
        Residuals residuals = ResidualsOf(shape);
        double log = Math.Log(seconds / _fit.Sum(parts)), limit = OutlierScales * residuals.Scale;
        // A cycle that was interrupted says little of those that will not be (Huber's weight).
        _fit.Add(parts, seconds, Math.Abs(log) <= limit ? 1 : limit / Math.Abs(log));
        residuals.Add(log);
        Learned++;
    }

    /// <summary>
    /// Takes in a short measured run as a whole: unlike with one cycle after the other, what is left unexplained after all of them makes
    /// the interval.
    /// </summary>
    public void Learn(IReadOnlyCollection<(CycleShape Shape, double Seconds)> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        Span<double> parts = stackalloc double[(int)Part.Count];
        foreach ((CycleShape shape, double seconds) in run)
        {
            Split(shape, parts);
            _fit.Add(parts, seconds, 1);
        }

        foreach ((CycleShape shape, double seconds) in run)
        {
            Split(shape, parts);
            ResidualsOf(shape).Add(Math.Log(seconds / _fit.Sum(parts)));
        }

        Learned += run.Count;
    }

    private void Split(CycleShape shape, Span<double> parts)
    {
        ArgumentNullException.ThrowIfNull(shape);
        parts.Clear();
        foreach ((GraphMoment moment, int times) in _distinct)
        {
            MomentCost cost = _roofline.Cost(moment, shape);
            parts[(int)PartOf(moment, shape)] += times * Math.Max(cost.MemorySeconds, cost.ComputeSeconds);
            parts[(int)Part.Rest] += times * cost.OverheadSeconds;
        }
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

    private Residuals ResidualsOf(CycleShape shape) => IsPrefill(shape) ? _prefill : _generation;

    private static string Likeness(GraphMoment moment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{moment.Moment.Op} {moment.RowBytes} {moment.RowFlops} {moment.TokenBytes} {moment.PairFlops} {moment.Window} {moment.Calls} {string.Join(' ', moment.Weights)}");
}
