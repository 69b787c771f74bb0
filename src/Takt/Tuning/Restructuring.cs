using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Tuning;

/// <summary>What step 4 chose.</summary>
/// <param name="Types">A type for every tensor; null for the file's own.</param>
/// <param name="KvType">How keys and values are stored.</param>
/// <param name="Ratio">Time of a token over the default's, measured with both.</param>
/// <param name="Singles">The types by themselves.</param>
/// <param name="Changed">Weights whose type changes, by the new one.</param>
internal sealed record Structure(
    TensorType[]? Types, KvType KvType, double Ratio, IReadOnlyList<SingleType> Singles, IReadOnlyDictionary<string, long> Changed);

/// <summary>Step 4: types of weights and of keys and values, within the bound on both texts.</summary>
internal sealed class Restructuring(
    TuneBench bench, TuneRequest request, PlanOptions options, double ratio, QualityMeter choosing, QualityMeter heldOut)
{
    /// <summary>Measures and chooses.</summary>
    /// <param name="present">Seconds of the present moments.</param>
    /// <param name="progress">Told what is done and how much there is.</param>
    public Structure Run(IReadOnlyDictionary<Clock.Moment, double> present, Action<int, int> progress)
    {
        var kept = new Structure(null, options.KvType, ratio, [], new Dictionary<string, long>());
        Structure weights = request.KeepQuant || request.KlBound == 0 ? kept : Weights(kept, present, progress);
        return request.KvType is null ? Keys(weights) : weights;
    }

    private Structure Weights(Structure kept, IReadOnlyDictionary<Clock.Moment, double> present, Action<int, int> progress)
    {
        var sensitivity = new Sensitivity(bench, options, choosing, present);
        int done = 0, all = sensitivity.Measurements;
        if (all == 0) return kept;
        IReadOnlyList<IReadOnlyList<Choice>> ways = sensitivity.Measure(() => progress(++done, all));
        SingleType[] singles = [.. sensitivity.Singles.Select(static single => single.Single)];
        var search = new TypeSearch(ways, picks => Kl(choosing, sensitivity.TypesOf(picks)), picks => Kl(heldOut, sensitivity.TypesOf(picks)));
        int[] picks = search.Find(request.KlBound).Picks;
        Structure mix = kept with { Singles = singles };
        if (picks.Any(static pick => pick > 0)) mix = Timed(sensitivity, picks, mix);
        // A type by itself may be quicker than what its products promise.
        foreach ((TensorType type, SingleType single) in sensitivity.Singles
            .Where(single => single.Single.Kl <= request.KlBound).OrderBy(static single => single.Single.Ratio))
        {
            if (single.Ratio >= mix.Ratio * Pair.Gain) break;
            int[] alone = sensitivity.PicksOf(type);
            if (Kl(heldOut, sensitivity.TypesOf(alone)) > request.KlBound) continue;
            Structure timed = Timed(sensitivity, alone, kept with { Singles = singles });
            if (timed.Ratio < mix.Ratio) mix = timed;
            break;
        }

        return mix.Types is null || mix.Ratio < ratio * Pair.Gain ? mix : kept with { Singles = singles };
    }

    private Structure Timed(Sensitivity sensitivity, int[] picks, Structure structure)
    {
        TensorType[] types = sensitivity.TypesOf(picks);
        var changed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (int group = 0; group < picks.Length; group++)
        {
            string name = types[sensitivity.Groups[group].Tensors[0]].Name();
            changed[name] = changed.GetValueOrDefault(name) + sensitivity.Groups[group].Values;
        }

        using TrialModel trial = bench.Load(types, options);
        return structure with { Types = types, Changed = changed, Ratio = bench.Timer.Measure(bench.Base, trial, bench.Cancellation).Ratio };
    }

    private double Kl(QualityMeter meter, TensorType[] types)
    {
        using TrialModel trial = bench.Load(types, options);
        return meter.Measure(trial, bench.Cancellation).Kl;
    }

    // Fewer bytes to read at depth, or less to convert; which of the two counts is the machine's matter.
    private Structure Keys(Structure structure)
    {
        Structure best = structure;
        using TrialModel now = bench.Load(structure.Types, options);
        foreach (KvType type in Enum.GetValues<KvType>().Where(type => type != options.KvType))
        {
            using TrialModel trial = bench.Load(structure.Types, options with { KvType = type });
            Pair pair = bench.Timer.Measure(now, trial, bench.Cancellation);
            if (!pair.IsQuicker || structure.Ratio * pair.Ratio >= best.Ratio) continue;
            if (new[] { choosing, heldOut }.Any(meter => meter.Measure(trial, bench.Cancellation).Kl > request.KlBound)) continue;
            best = structure with { KvType = type, Ratio = structure.Ratio * pair.Ratio };
        }

        return best;
    }
}
