using Takt.Clock;
using Takt.Formats;
using Takt.Models.Quantization;

namespace Takt.Tuning;

/// <summary>What each group of weights would gain and lose in each type, measured.</summary>
/// <remarks>
/// Time: all groups are brought to a type at once and every product is timed in turns with the present model. Divergence: each group alone
/// is brought to its smallest type and the whole model measured; other types get the share that their square error has of that type's,
/// as divergence grows with it (the linearity theorem of Malinovskii et al., 2024), corrected by what the type does to the whole model.
/// Where there are many groups, the same products of neighbouring layers are measured together and share what is found by their errors.
/// Any change, however small, costs a little, supposedly since int8 activations round otherwise from its layer on. That floor comes once,
/// so it is taken off what groups cost.
/// </remarks>
internal sealed class Sensitivity
{
    private static readonly TensorType[] _types =
    [
        TensorType.Q8_0, TensorType.Q6_K, TensorType.Q5_K, TensorType.Q5_1, TensorType.Q5_0, TensorType.Q4_K, TensorType.Q4_0, TensorType.IQ4_NL,
    ];

    // Models that are run to find divergences; more groups than that are measured some at a time.
    private const int MostBands = 48;

    private readonly TuneBench _bench;
    private readonly PlanOptions _options;
    private readonly QualityMeter _meter;
    private readonly IReadOnlyDictionary<Moment, double> _present;
    private readonly TensorType[][] _candidates;
    private readonly int[][] _bands;
    private readonly Dictionary<(TensorType, string Op), double> _ratios = [];
    private readonly List<(TensorType Type, SingleType Single)> _singles = [];

    /// <summary>Finds the groups and the types that would make them smaller.</summary>
    /// <param name="bench">The model.</param>
    /// <param name="options">How it runs.</param>
    /// <param name="meter">Measures divergence on the choosing text.</param>
    /// <param name="present">Seconds of the present moments.</param>
    public Sensitivity(TuneBench bench, PlanOptions options, QualityMeter meter, IReadOnlyDictionary<Moment, double> present)
    {
        (_bench, _options, _meter, _present) = (bench, options, meter, present);
        Groups = TensorGroup.Of(bench.File);
        _candidates =
        [
            .. Groups.Select(group => _types.Where(
                type => group.Fits(bench.File, type) && group.Bytes(bench.File, type) < group.Bytes(bench.File)).ToArray()),
        ];
        int[] free = [.. Enumerable.Range(0, Groups.Count).Where(group => _candidates[group].Length > 0)];
        int together = (free.Length + MostBands - 1) / MostBands;
        _bands = [.. free.GroupBy(group => (Groups[group].Moment.Op, string.Join(' ', _candidates[group]))).SelectMany(same => same.Chunk(together))];
    }

    /// <summary>The groups.</summary>
    public IReadOnlyList<TensorGroup> Groups { get; }

    /// <summary>Models that <see cref="Measure"/> runs.</summary>
    public int Measurements => Types.Count() + _bands.Length;

    /// <summary>The types by themselves, as measured.</summary>
    public IReadOnlyList<(TensorType Type, SingleType Single)> Singles => _singles;

    private int Layers => Groups.Max(static group => group.Moment.Layer) + 1;

    private IEnumerable<TensorType> Types => _candidates.SelectMany(static types => types).Distinct();

    /// <summary>The types of all tensors with a way picked for each group.</summary>
    public TensorType[] TypesOf(IReadOnlyList<int> picks)
    {
        TensorType[] types = [.. _bench.File.Tensors.Select(static tensor => tensor.Type)];
        for (int group = 0; group < Groups.Count; group++)
        {
            if (picks[group] == 0) continue;
            foreach (int place in Groups[group].Tensors) types[place] = _candidates[group][picks[group] - 1];
        }

        return types;
    }

    /// <summary>The picks that bring every group that can be to a type.</summary>
    public int[] PicksOf(TensorType type) => [.. _candidates.Select(types => Array.IndexOf(types, type) + 1)];

    /// <summary>Measures all and returns the ways of each group, the present one first.</summary>
    /// <param name="progress">Told after each model that ran.</param>
    public IReadOnlyList<IReadOnlyList<Choice>> Measure(Action progress)
    {
        foreach (TensorType type in Types)
        {
            MeasureType(type);
            progress();
        }

        double floor = _singles.Min(static single => single.Single.Kl);
        double[][] kls = [.. Groups.Select(static _ => Array.Empty<double>())];
        foreach (int[] band in _bands)
        {
            MeasureBand(band, kls, floor);
            progress();
        }

        // What a type does to the whole model against the sum of its groups.
        Dictionary<TensorType, double> corrections = Types.ToDictionary(static type => type, type => Correction(type, kls, floor));
        return
        [
            .. Groups.Select((group, g) => (IReadOnlyList<Choice>)
            [
                new Choice(_present.GetValueOrDefault(group.Moment), 0),
                .. _candidates[g].Select((type, i) => new Choice(
                    _present.GetValueOrDefault(group.Moment) * _ratios.GetValueOrDefault((type, group.Moment.Op), 1), kls[g][i] * corrections[type])),
            ]),
        ];
    }

    private void MeasureType(TensorType type)
    {
        int[] picks = PicksOf(type);
        using TrialModel trial = _bench.Load(TypesOf(picks), _options);
        double kl = _meter.Measure(trial, _bench.Cancellation).Kl;
        Pair pair = _bench.Timer.Measure(_bench.Base, trial, _bench.Cancellation);
        foreach (IGrouping<string, TensorGroup> op in Groups.Where((_, g) => picks[g] > 0).GroupBy(static group => group.Moment.Op))
        {
            double before = op.Sum(group => pair.FirstMoments.GetValueOrDefault(group.Moment));
            if (before > 0) _ratios[(type, op.Key)] = op.Sum(group => pair.SecondMoments.GetValueOrDefault(group.Moment)) / before;
        }

        _singles.Add((type, new SingleType(type.Name(), kl, pair.Ratio)));
    }

    // All of a band in the type that moves it most; what that costs is shared out by square errors.
    private void MeasureBand(int[] band, double[][] kls, double floor)
    {
        TensorType[] types = _candidates[band[0]];
        double[][] errors =
        [
            .. band.Select(group => types.Select(type => Groups[group].Values * TensorError.Of(_bench.File, Groups[group], type)).ToArray()),
        ];
        int probe = Enumerable.Range(0, types.Length).MaxBy(type => errors.Sum(group => group[type]));
        var picks = new int[Groups.Count];
        foreach (int group in band) picks[group] = probe + 1;
        using TrialModel trial = _bench.Load(TypesOf(picks), _options);
        double behind = 1 - (double)Groups[band[0]].Moment.Layer / Layers;
        double kl = Above(_meter.Measure(trial, _bench.Cancellation).Kl, Groups[band[0]].Moment.Layer == Moment.NoLayer ? 0 : floor * behind);
        double all = errors.Sum(group => group[probe]);
        for (int i = 0; i < band.Length; i++) kls[band[i]] = [.. errors[i].Select(error => all > 0 ? kl * error / all : 0)];
    }

    private double Correction(TensorType type, double[][] kls, double floor)
    {
        const double most = 8;
        double sum = 0;
        for (int group = 0; group < kls.Length; group++)
        {
            int place = Array.IndexOf(_candidates[group], type);
            if (place >= 0) sum += kls[group][place];
        }

        double whole = Above(_singles.First(single => single.Type == type).Single.Kl, floor);
        return sum > 0 && whole > 0 ? Math.Clamp(whole / sum, 1 / most, most) : 1;
    }

    // What was measured above the floor; never nothing, for the floor is an estimate.
    private static double Above(double kl, double floor) => Math.Max(kl - floor, 0.1 * kl);
}
