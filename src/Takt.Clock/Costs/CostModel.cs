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
internal sealed record CycleCost(double[] Parts, bool IsPrefill, int Threads);

/// <summary>Predicts how long a cycle of one model takes on one machine, before it runs.</summary>
/// <remarks>
/// The machine's profile alone predicts the time of every moment (<see cref="Roofline"/>). Moments are summed in parts that may be off
/// for different reasons; every measured cycle corrects a factor on each part, and how far predictions were off makes the interval. What
/// the profile is wrong about with one thread is not what it is wrong about with several, which share memory and wait for each other: so
/// each number of threads is learned by itself and starts from the profile. One caller at a time.
/// </remarks>
public sealed class CostModel
{
    private readonly Roofline _roofline;
    private readonly List<(GraphMoment Moment, int Times)> _distinct;
    private readonly Dictionary<int, ThreadFit> _fits = [];

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
    public CostModel For(ModelGraph graph, MachineProfile profile)
    {
        var other = new CostModel(graph, profile) { Learned = Learned };
        foreach ((int threads, ThreadFit fit) in _fits) other._fits.Add(threads, fit.For(profile.UnsteadinessOf(threads)));
        return other;
    }

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
        foreach ((_, double seconds) in run) Check(seconds);
        foreach (var same in run.Select(cycle => (Cost: Cost(cycle.Shape), cycle.Seconds)).GroupBy(static cycle => cycle.Cost.Threads))
            FitOf(same.Key).Learn([.. same]);
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

        return new CycleCost(parts, IsPrefill(shape), shape.Threads ?? Profile.Threads);
    }

    /// <summary>The wall time of a cycle; allocates nothing but for a number of threads that is new.</summary>
    internal Prediction Predict(CycleCost cost) => FitOf(cost.Threads).Predict(cost);

    /// <summary>Takes in the time that a cycle took; allocates nothing but for a number of threads that is new.</summary>
    internal void Learn(CycleCost cost, double seconds)
    {
        Check(seconds);
        FitOf(cost.Threads).Learn(cost, seconds);
        Learned++;
    }

    private ThreadFit FitOf(int threads)
    {
        if (!_fits.TryGetValue(threads, out ThreadFit? fit))
            _fits.Add(threads, fit = new ThreadFit((int)Part.Count, Profile.UnsteadinessOf(threads)));
        return fit;
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

    private static string Likeness(GraphMoment moment) => string.Create(
        CultureInfo.InvariantCulture,
        $"{moment.Moment.Op} {moment.RowBytes} {moment.RowFlops} {moment.TokenBytes} {moment.PairFlops} {moment.Window} {moment.Calls} {string.Join(' ', moment.Weights)}");
}
