using Takt.Compute;
using Takt.Formats;

namespace Takt.Tuning;

/// <summary>Steps 3 and 5: threads, kernel tier, and how kernels read weights. None of it changes a bit of what is computed.</summary>
internal static class HardwareChoice
{
    /// <summary>Tries numbers of threads; returns the options and the ratio to the default's time.</summary>
    /// <param name="bench">The model.</param>
    /// <param name="tried">Every number with its ratio, in the order tried.</param>
    public static (PlanOptions Options, double Ratio) Threads(TuneBench bench, out IReadOnlyList<(int Threads, double Ratio)> tried)
    {
        int most = bench.Default.Threads;
        int[] counts = [1, most / 4, most / 2, most * 3 / 4, Environment.ProcessorCount];
        int[] others = [.. counts.Where(count => count >= 1 && count != most).Distinct()];
        var ratios = new List<(int, double)> { (most, 1) };
        (PlanOptions Options, double Ratio) best = (bench.Default, 1);
        foreach (int count in others)
        {
            PlanOptions options = bench.Default with { Threads = count };
            using TrialModel trial = bench.Load(null, options);
            Pair pair = bench.Timer.Measure(bench.Base, trial, bench.Cancellation);
            ratios.Add((count, pair.Ratio));
            if (pair.IsQuicker && pair.Ratio < best.Ratio) best = (options, pair.Ratio);
        }

        tried = ratios;
        return best;
    }

    /// <summary>Tries kernel tiers below the default one, then streams, prefetch distances and kinds of page.</summary>
    /// <param name="bench">The model.</param>
    /// <param name="types">Its types; null for the file's own.</param>
    /// <param name="present">The options so far.</param>
    /// <param name="ratio">The ratio to the default's time so far.</param>
    /// <param name="progress">Told what is done and how much there is.</param>
    /// <param name="tried">Tiers with their ratio to the present one.</param>
    public static (PlanOptions Options, double Ratio) Kernels(
        TuneBench bench, TensorType[]? types, PlanOptions present, double ratio, Action<int, int> progress,
        out IReadOnlyList<(string Tier, double Ratio)> tried)
    {
        string[] tiers =
        [
            .. Backends.Supported.SkipWhile(name => name != present.Tier).Skip(1).Where(static name => name is not ("scalar" or "reference")),
        ];
        int done = 0, all = tiers.Length + 2;
        var ratios = new List<(string, double)> { (present.Tier, 1) };
        (PlanOptions Options, double Ratio) best = (present, 1);
        using TrialModel now = bench.Load(types, present);
        foreach (string tier in tiers)
        {
            PlanOptions options = present with { Tier = tier };
            using TrialModel trial = bench.Load(types, options);
            Pair pair = bench.Timer.Measure(now, trial, bench.Cancellation);
            ratios.Add((tier, pair.Ratio));
            if (pair.IsQuicker && pair.Ratio < best.Ratio) best = (options, pair.Ratio);
            progress(++done, all);
        }

        tried = ratios;
        best = Reading(bench, types, best);
        progress(++done, all);
        best = Pages(bench, types, best);
        progress(++done, all);
        return (best.Options, ratio * best.Ratio);
    }

    private static (PlanOptions Options, double Ratio) Reading(TuneBench bench, TensorType[]? types, (PlanOptions Options, double Ratio) best)
    {
        KernelTuning own = best.Options.Tuning;
        KernelTuning[] others =
        [
            .. from streams in KernelTuning.StreamChoices
               from prefetch in KernelTuning.PrefetchChoices
               let tuning = own with { Streams = streams, PrefetchBytes = prefetch }
               where tuning != own
               select tuning,
        ];
        using TrialModel model = bench.Load(types, best.Options);
        double[] ratios = bench.Timer.Ratios(model, others, bench.Cancellation);
        KernelTuning quickest = others[Array.IndexOf(ratios, ratios.Min())];
        if (ratios.Min() >= Pair.Gain) return best;
        // The best of eleven is partly luck: it has to win again.
        double again = bench.Timer.Ratios(model, [quickest], bench.Cancellation)[0];
        return again < Pair.Gain ? (best.Options with { Tuning = quickest }, best.Ratio * again) : best;
    }

    private static (PlanOptions Options, double Ratio) Pages(TuneBench bench, TensorType[]? types, (PlanOptions Options, double Ratio) best)
    {
        PlanOptions options = best.Options with { Tuning = best.Options.Tuning with { HugePages = !best.Options.Tuning.HugePages } };
        using TrialModel now = bench.Load(types, best.Options);
        using TrialModel trial = bench.Load(types, options);
        Pair pair = bench.Timer.Measure(now, trial, bench.Cancellation);
        return pair.IsQuicker ? (options, best.Ratio * pair.Ratio) : best;
    }
}
