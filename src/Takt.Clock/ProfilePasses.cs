namespace Takt.Clock;

/// <summary>
/// Makes one profile of several that were measured one after the other: a machine that others use too is slow for seconds at a time, so
/// rounds of one moment agree and are all wrong.
/// </summary>
public static class ProfilePasses
{
    /// <summary>The median of every rate, the best round of all, and how far the passes lie apart.</summary>
    /// <param name="passes">Profiles of one machine, 1 or more; a rate need not be in all of them.</param>
    public static MachineProfile Merge(IReadOnlyList<MachineProfile> passes)
    {
        if (passes.Count == 0) throw new ArgumentException("a profile is made of at least one pass", nameof(passes));
        MachineProfile first = passes[0];
        IGrouping<object, ProductRate>[] products =
            [.. Group(passes, static pass => pass.Products, static rate => (rate.Tier, rate.Format, rate.Threads, rate.Rows, rate.FromMemory, rate.Columns))];
        return first with
        {
            ReadBytesPerSecond = passes.Max(static pass => pass.ReadBytesPerSecond),
            FlopsPerSecond = passes.Max(static pass => pass.FlopsPerSecond),
            Unsteadiness =
            [
                .. products.Where(static same => same.Skip(1).Any()).GroupBy(static same => same.First().Threads)
                    .Select(static many => new Unsteadiness(many.Key, Deviation(many))).OrderBy(static one => one.Threads),
            ],
            Reads =
            [
                .. Group(passes, static pass => pass.Reads, static rate => (rate.Threads, rate.Level))
                    .Select(static same => same.First() with { BytesPerSecond = Rate([.. same.Select(static rate => rate.BytesPerSecond)]) }),
            ],
            Products =
            [
                .. products.Select(static same => same.First() with
                {
                    MacsPerSecond = Rate([.. same.Select(static rate => rate.MacsPerSecond)]),
                    BytesPerSecond = Median(same.Select(static rate => rate.BytesPerSecond)),
                }),
            ],
            Attentions =
            [
                // The two numbers of a line belong together, so the middle line is taken as it is.
                .. Group(passes, static pass => pass.Attentions, static rate => (rate.KvType, rate.Threads, rate.Prefill))
                    .Select(static same => same.OrderBy(static rate => rate.SecondsPerByte + rate.SecondsPerFlop).ElementAt((same.Count() - 1) / 2)),
            ],
            RowRates =
            [
                .. Group(passes, static pass => pass.RowRates, static rate => rate.Op)
                    .Select(static same => same.OrderBy(static rate => rate.SecondsPerByte).ElementAt((same.Count() - 1) / 2)),
            ],
            Barriers =
            [
                .. Group(passes, static pass => pass.Barriers, static cost => cost.Threads)
                    .Select(static same => same.First() with
                    {
                        Seconds = Time([.. same.Select(static cost => cost.Seconds)]),
                        ProductSeconds = Median(same.Select(static cost => cost.ProductSeconds)),
                    }),
            ],
        };
    }

    private static IEnumerable<IGrouping<object, T>> Group<T>(
        IReadOnlyList<MachineProfile> passes, Func<MachineProfile, IReadOnlyList<T>> list, Func<T, object> key) => passes.SelectMany(list).GroupBy(key);

    private static Measured Rate(Measured[] rates) =>
        new(Median(rates.Select(static rate => rate.Median)), rates.Max(static rate => rate.Best), Spread(rates));

    private static Measured Time(Measured[] times) =>
        new(Median(times.Select(static time => time.Median)), times.Min(static time => time.Best), Spread(times));

    private static double Spread(Measured[] passes) =>
        Math.Max(passes.Max(static pass => pass.Spread), Measured.Of([.. passes.Select(static pass => pass.Median)]).Spread);

    // Pooled over products that were each measured in several passes: of the logarithms, so that twice as slow and twice as fast are equally far.
    private static double Deviation(IEnumerable<IEnumerable<ProductRate>> products)
    {
        double squares = 0;
        int freedom = 0;
        foreach (IEnumerable<ProductRate> same in products)
        {
            double[] logs = [.. same.Select(static rate => Math.Log(rate.MacsPerSecond.Median))];
            double mean = logs.Average();
            squares += logs.Sum(log => (log - mean) * (log - mean));
            freedom += logs.Length - 1;
        }

        return Math.Sqrt(squares / freedom);
    }

    private static double Median(IEnumerable<double> values) => Measured.Of([.. values]).Median;
}
