namespace Takt.Clock;

/// <summary>Measured ceilings of this machine: the roof of a roofline (Williams et al., 2009).</summary>
/// <param name="Threads">Threads that measured together.</param>
/// <param name="ReadBytesPerSecond">Bytes a second read from memory that no cache holds.</param>
/// <param name="FlopsPerSecond">Peak of 32-bit fused multiply-adds, two operations each.</param>
/// <remarks>The lists are empty where only the roof was measured; what was measured with other thread counts says so.</remarks>
public sealed record MachineProfile(int Threads, double ReadBytesPerSecond, double FlopsPerSecond)
{
    /// <summary>The processor that was measured.</summary>
    public string Processor { get; init; } = "";

    /// <summary>The kernel tier that models run on.</summary>
    public string Tier { get; init; } = "";

    /// <summary>Bytes of the largest cache, or 0 where that is not known.</summary>
    public long CacheBytes { get; init; }

    /// <summary>Reading by threads and working set.</summary>
    public IReadOnlyList<ReadRate> Reads { get; init; } = [];

    /// <summary>Products by tier, format, threads and rows.</summary>
    public IReadOnlyList<ProductRate> Products { get; init; } = [];

    /// <summary>Attention by KV type and threads.</summary>
    public IReadOnlyList<AttentionRate> Attentions { get; init; } = [];

    /// <summary>Operations that work row by row, by name.</summary>
    public IReadOnlyList<RowRate> RowRates { get; init; } = [];

    /// <summary>What it costs to start and end one piece of parallel work, by threads.</summary>
    public IReadOnlyList<BarrierCost> Barriers { get; init; } = [];

    /// <summary>How far passes of the calibration lie apart, by threads; empty where only one pass was measured.</summary>
    public IReadOnlyList<Unsteadiness> Unsteadiness { get; init; } = [];

    /// <summary>Whether the lists are there that a prediction needs.</summary>
    /// <remarks>A damaged file gives null for a list.</remarks>
    public bool IsComplete =>
        Reads is not null && IsFilled(Products) && IsFilled(Attentions) && IsFilled(RowRates) && IsFilled(Barriers)
        && Unsteadiness is not null && Unsteadiness.All(static one => one is not null);

    private static bool IsFilled<T>(IReadOnlyList<T>? list) where T : class => list is { Count: > 0 } && list.All(static one => one is not null);

    /// <summary>
    /// The standard deviation of ln(rate) between passes with a number of threads, or with the nearest number that was measured; 0 where
    /// none was.
    /// </summary>
    public double UnsteadinessOf(int threads) => Unsteadiness.MinBy(one => Math.Abs(one.Threads - threads))?.Deviation ?? 0;

    /// <summary>The share of the nearer ceiling that an amount of work reached; 0 for work of no size or no time.</summary>
    public double CeilingShare(double seconds, double bytes, double flops) =>
        seconds > 0 ? Math.Max(bytes / ReadBytesPerSecond, flops / FlopsPerSecond) / seconds : 0;

    /// <summary>The profile of a machine like this one with another bandwidth or other computing power.</summary>
    /// <param name="bandwidth">Bytes a second from memory; null for this machine's.</param>
    /// <param name="flops">Operations a second; null for this machine's. What caches deliver is taken to grow with it.</param>
    public MachineProfile Scaled(double? bandwidth, double? flops)
    {
        double bytes = (bandwidth ?? ReadBytesPerSecond) / ReadBytesPerSecond, speed = (flops ?? FlopsPerSecond) / FlopsPerSecond;
        if (bytes == 1 && speed == 1) return this;
        return this with
        {
            ReadBytesPerSecond = ReadBytesPerSecond * bytes,
            FlopsPerSecond = FlopsPerSecond * speed,
            Products =
            [
                .. Products.Select(rate => rate with
                {
                    MacsPerSecond = Times(rate.MacsPerSecond, rate.FromMemory ? bytes : speed),
                    BytesPerSecond = rate.BytesPerSecond * (rate.FromMemory ? bytes : speed),
                }),
            ],
            Attentions =
            [
                .. Attentions.Select(rate => rate with { SecondsPerByte = rate.SecondsPerByte / bytes, SecondsPerFlop = rate.SecondsPerFlop / speed }),
            ],
            RowRates = [.. RowRates.Select(rate => rate with { SecondsPerRow = rate.SecondsPerRow / speed, SecondsPerByte = rate.SecondsPerByte / speed })],
        };
    }

    private static Measured Times(Measured rate, double factor) => rate with { Median = rate.Median * factor, Best = rate.Best * factor };
}
