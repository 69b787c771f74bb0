namespace Takt.Clock;

/// <summary>A measured quantity.</summary>
/// <param name="Median">The median of the rounds.</param>
/// <param name="Best">The best of them.</param>
/// <param name="Spread">Half the distance between the quartiles over the median: 0.01 is a quiet machine.</param>
public readonly record struct Measured(double Median, double Best, double Spread)
{
    /// <summary>Of seconds that rounds took, the rates at which they did an amount of work.</summary>
    public static Measured Rate(double work, IReadOnlyCollection<double> seconds)
    {
        Measured time = Of(seconds);
        return new Measured(work / time.Median, work / time.Best, time.Spread);
    }

    /// <summary>Of values of which the smallest is the best.</summary>
    public static Measured Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0) throw new ArgumentException("a measurement needs at least one round", nameof(values));
        double[] sorted = [.. values.Order()];
        double median = At(sorted, 0.5);
        return new Measured(median, sorted[0], median > 0 ? (At(sorted, 0.75) - At(sorted, 0.25)) / 2 / median : 0);
    }

    private static double At(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int low = (int)place, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
    }
}

/// <summary>How fast memory is read.</summary>
/// <param name="Threads">Threads that read.</param>
/// <param name="Level">What holds the working set: <c>L1</c>, <c>L2</c>, <c>L3</c> or <c>memory</c>.</param>
/// <param name="WorkingSet">Bytes that all threads together read over and over.</param>
/// <param name="BytesPerSecond">All threads together.</param>
public sealed record ReadRate(int Threads, string Level, long WorkingSet, Measured BytesPerSecond);

/// <summary>How fast weights of a format are multiplied.</summary>
/// <param name="Tier">The kernel tier.</param>
/// <param name="Format">The weight format, such as <c>q8_0</c>.</param>
/// <param name="Threads">Threads that multiply.</param>
/// <param name="Rows">Rows of activations.</param>
/// <param name="FromMemory">Whether the weights come from memory rather than from a cache.</param>
/// <param name="MacsPerSecond">Multiply-adds a second, all threads together.</param>
/// <param name="BytesPerSecond">Bytes of packed weights a second.</param>
public sealed record ProductRate(
    string Tier, string Format, int Threads, int Rows, bool FromMemory, Measured MacsPerSecond, double BytesPerSecond)
{
    /// <summary>Inputs of the matrix: what begins and ends with each of its rows costs more where they are few.</summary>
    public int Columns { get; init; } = 2048;
}

/// <summary>How fast attention is: seconds = KV bytes * SecondsPerByte + operations * SecondsPerFlop.</summary>
/// <param name="KvType">How keys and values are stored.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Prefill">Whether many rows of a sequence share what is read.</param>
/// <param name="SecondsPerByte">For each byte of keys and values.</param>
/// <param name="SecondsPerFlop">For each operation.</param>
public sealed record AttentionRate(string KvType, int Threads, bool Prefill, double SecondsPerByte, double SecondsPerFlop);

/// <summary>How fast an operation works through rows on one thread.</summary>
/// <param name="Op">The operation's name in the ledger, such as <c>rope</c>.</param>
/// <param name="SecondsPerRow">For each row whatever its width.</param>
/// <param name="SecondsPerByte">For each byte of activations read or written.</param>
public sealed record RowRate(string Op, double SecondsPerRow, double SecondsPerByte);

/// <summary>How far passes of a calibration, some seconds apart, differ.</summary>
/// <param name="Threads">Threads that were measured.</param>
/// <param name="Deviation">Standard deviation of ln(rate) of their products: 0.01 is a machine of one's own.</param>
public sealed record Unsteadiness(int Threads, double Deviation);

/// <summary>What it costs to start and end one piece of parallel work.</summary>
/// <param name="Threads">Threads in the team.</param>
/// <param name="Seconds">From before its start to after its end, with no work in it.</param>
public sealed record BarrierCost(int Threads, Measured Seconds)
{
    /// <summary>
    /// Seconds that a product of weights from memory takes besides, whatever their number: reading starts slowly with each matrix, and
    /// threads do not end together.
    /// </summary>
    public double ProductSeconds { get; init; }
}
