namespace Takt.Compare;

/// <summary>Both engines' figures of one pair of runs, and how fast memory could be read meanwhile.</summary>
internal sealed record PairSample(Dictionary<string, double> Takt, Dictionary<string, double> Peer, double BytesPerSecond);

/// <summary>
/// Runs two engines in turn, one pair after the other, between readings of the memory's speed. A pair between whose readings it
/// changed is taken again, as long as the retakes last: on a shared machine that is the neighbours' doing, and they may never stop.
/// </summary>
/// <param name="probe">Reads memory.</param>
/// <param name="pairs">Pairs that count.</param>
/// <param name="retakes">Pairs that may be taken again, all together.</param>
/// <param name="log">Told what is going on.</param>
internal sealed class Comparison(ReadProbe probe, int pairs, int retakes, Progress log)
{
    /// <summary>How far two readings may lie apart, as a share of the larger one.</summary>
    public const double Tolerance = 0.08;

    /// <summary>Takes all pairs.</summary>
    /// <param name="pair">Runs one engine, then the other.</param>
    public PairSeries Run(Func<(Dictionary<string, double> Takt, Dictionary<string, double> Peer)> pair)
    {
        var series = new PairSeries();
        double before = probe.Measure();
        while (series.Samples.Count < pairs)
        {
            log.Pair = $"pair {series.Samples.Count + 1} of {pairs}, {before / 1e9:0.0} GB/s, {series.Retaken} of {retakes} retaken";
            (Dictionary<string, double> takt, Dictionary<string, double> peer) = pair();
            double after = probe.Measure();
            bool steady = Math.Abs(after - before) <= Tolerance * Math.Max(after, before);
            var sample = new PairSample(takt, peer, Math.Max(before, after));
            before = after;
            if (!steady && series.Retaken < retakes)
            {
                series.Retaken++;
                continue;
            }

            if (!steady) series.Unsteady++;
            series.Samples.Add(sample);
        }

        Progress.End();
        return series;
    }
}

/// <summary>The pairs of one comparison.</summary>
internal sealed class PairSeries
{
    /// <summary>The pairs that count.</summary>
    public List<PairSample> Samples { get; } = [];

    /// <summary>Pairs that were thrown away, because the memory's speed changed.</summary>
    public int Retaken { get; set; }

    /// <summary>Pairs that count although it changed: the retakes were used up.</summary>
    public int Unsteady { get; set; }

    /// <summary>The row of one figure.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="name">The figure.</param>
    /// <param name="bytesPerToken">Bytes that one token of generation reads; 0 where there is nothing to tell of it.</param>
    public ComparedRow Row(string model, string name, double bytesPerToken = 0)
    {
        double[] ratios = [.. Samples.Select(sample => sample.Takt[name] / sample.Peer[name])];
        (double Low, double High)? interval = Statistics.Interval(ratios);
        return new ComparedRow(model, name, Median(sample => sample.Takt[name]), Median(sample => sample.Peer[name]), Statistics.Median(ratios))
        {
            RatioLow = interval?.Low,
            RatioHigh = interval?.High,
            BytesPerSecond = bytesPerToken == 0 ? null : Median(sample => sample.Takt[name] * bytesPerToken),
            MemoryShare = bytesPerToken == 0 ? null : Median(sample => sample.Takt[name] * bytesPerToken / sample.BytesPerSecond),
            PeerMemoryShare = bytesPerToken == 0 ? null : Median(sample => sample.Peer[name] * bytesPerToken / sample.BytesPerSecond),
            Pairs = Samples.Count,
            Retaken = Retaken,
            Unsteady = Unsteady,
        };
    }

    private double Median(Func<PairSample, double> value) => Statistics.Median(Samples.Select(value));
}
