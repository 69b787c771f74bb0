using Takt.Clock.Graphs;

namespace Takt.Clock.Costs;

/// <summary>Predicts the time of single moments from a machine's profile alone (Williams et al., 2009, with what starting costs).</summary>
public sealed class Roofline
{
    /// <summary>From so many rows of a sequence on, attention shares what it reads.</summary>
    public const int PrefillRows = 16;

    /// <summary>Tokens that attention of a prompt reads together.</summary>
    public const int TokensTogether = 32;

    private readonly MachineProfile _profile;
    private readonly Dictionary<(string Format, int Threads), ProductCurve> _curves = [];
    private readonly Dictionary<string, RowRate> _rows;
    private readonly bool _cached;

    /// <summary>Prepares predictions.</summary>
    /// <param name="profile">A complete profile.</param>
    /// <param name="weightBytes">Bytes of all weights of the model: whether they stay in the cache from cycle to cycle.</param>
    /// <exception cref="ArgumentException">The profile has only a roof.</exception>
    public Roofline(MachineProfile profile, long weightBytes)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (!profile.IsComplete)
            throw new ArgumentException("this machine's profile has only its roof; calibrate the machine first", nameof(profile));
        _profile = profile;
        _rows = profile.RowRates.ToDictionary(static rate => rate.Op, StringComparer.Ordinal);
        // Half of the cache: the rest is the activations' and the other programs'.
        _cached = weightBytes <= profile.CacheBytes / 2;
    }

    /// <summary>The predicted time of a moment in a cycle; nothing where it has no rows.</summary>
    public MomentCost Cost(GraphMoment moment, CycleShape shape)
    {
        ArgumentNullException.ThrowIfNull(moment);
        ArgumentNullException.ThrowIfNull(shape);
        int rows = moment.RowsOf(shape), threads = shape.Threads ?? _profile.Threads;
        if (rows == 0) return default;
        return moment.Kind switch
        {
            MomentKind.Product => Product(moment, rows, threads),
            MomentKind.Attention => Attention(moment, shape, threads),
            _ => Rowwise(moment, rows, threads),
        };
    }

    private MomentCost Product(GraphMoment moment, int rows, int threads)
    {
        double share = moment.WeightShare(rows), memory = 0, compute = 0, total = 0;
        // Rows that an expert gets, of those that get any.
        double each = moment.Experts == 0 ? rows : rows * moment.ExpertsUsed / (moment.Experts * share);
        foreach (WeightPart part in moment.Weights)
        {
            ProductCurve curve = Curve(part, threads);
            double cached = part.Parameters * share * curve.Cached(each, part.Columns), read = _cached ? 0 : part.Bytes * share / curve.MemoryBytesPerSecond;
            memory += read;
            compute += cached;
            total += _cached ? cached : Math.Max(Math.Max(cached, read), part.Parameters * share * curve.FromMemory(each, part.Columns));
        }

        return Bounded(memory, compute, total, moment.Calls * (Barrier(threads) + (_cached ? 0 : BarrierOf(threads).ProductSeconds)));
    }

    // Where moving and computing overlap in part only, the longer of them stands for both.
    private static MomentCost Bounded(double memory, double compute, double total, double overhead) =>
        memory >= compute ? new MomentCost(total, compute, overhead) : new MomentCost(memory, total, overhead);

    private MomentCost Attention(GraphMoment moment, CycleShape shape, int threads)
    {
        double memory = 0, compute = 0;
        foreach (SequenceShape sequence in shape.Sequences)
        {
            AttentionRate rate = AttentionRate(moment.KvType, sequence.Rows >= PrefillRows, threads);
            double scale = (double)rate.Threads / threads;
            memory += sequence.Tokens(moment.Window) * moment.TokenBytes * rate.SecondsPerByte * scale;
            // A prompt's rows go over whole blocks of tokens, though the last ones are not all seen.
            double pairs = sequence.Pairs(moment.Window) + (rate.Prefill ? (double)sequence.Rows * (TokensTogether - 1) / 2 : 0);
            compute += pairs * moment.PairFlops * rate.SecondsPerFlop * scale;
        }

        // Bytes are unpacked before they are multiplied with, by the same instructions' units: times add up.
        return Bounded(memory, compute, memory + compute, moment.Calls * Barrier(threads));
    }

    private MomentCost Rowwise(GraphMoment moment, int rows, int threads)
    {
        RowRate rate = _rows.TryGetValue(moment.Rate, out RowRate? own) ? own : _rows.Values.MaxBy(static r => r.SecondsPerByte)!;
        int together = moment.Calls == 0 ? 1 : Math.Min(threads, rows);
        double bytes = moment.BytesOf(rows);
        return new MomentCost(
            bytes * rate.SecondsPerByte / together, 0, rows * rate.SecondsPerRow / together + (rows > 1 ? moment.Calls * Barrier(threads) : 0));
    }

    private double Barrier(int threads) =>
        threads == 1 ? 0 : BarrierOf(threads).Seconds.Median;

    private BarrierCost BarrierOf(int threads) => Nearest(_profile.Barriers, threads, static cost => cost.Threads);

    private AttentionRate AttentionRate(string? type, bool prefill, int threads)
    {
        AttentionRate[] kind = [.. _profile.Attentions.Where(rate => rate.Prefill == prefill)];
        AttentionRate[] same = [.. kind.Where(rate => rate.KvType == type)];
        return Nearest(same.Length > 0 ? same : kind, threads, static rate => rate.Threads);
    }

    private ProductCurve Curve(WeightPart part, int threads)
    {
        if (_curves.TryGetValue((part.Format, threads), out ProductCurve? curve)) return curve;
        ProductRate[] tier = [.. _profile.Products.Where(rate => rate.Tier == _profile.Tier)];
        // A format that was not measured is taken for the one that has the most similar size.
        double size = (double)part.Bytes / part.Parameters;
        string format = tier.Any(rate => rate.Format == part.Format)
            ? part.Format
            : tier.MinBy(rate => Math.Abs(rate.BytesPerSecond / rate.MacsPerSecond.Median * rate.Rows - size))!.Format;
        ProductRate[] rates = [.. tier.Where(rate => rate.Format == format)];
        int measured = Nearest(rates, threads, static rate => rate.Threads).Threads;
        curve = new ProductCurve([.. rates.Where(rate => rate.Threads == measured)], (double)threads / measured);
        _curves.Add((part.Format, threads), curve);
        return curve;
    }

    private static T Nearest<T>(IEnumerable<T> measured, int threads, Func<T, int> of) => measured.MinBy(rate => Math.Abs(of(rate) - threads))!;
}
