namespace Takt.Clock.Costs;

/// <summary>How the time of a product grows with its rows: straight lines between what was measured.</summary>
internal sealed class ProductCurve
{
    private readonly (double Rows, double Seconds)[] _points;

    /// <summary>Takes the rates of one format and thread count.</summary>
    /// <param name="rates">Cached ones for some numbers of rows, and one from memory.</param>
    /// <param name="threads">Threads wanted over threads measured: computing is taken to grow with them, memory is not.</param>
    public ProductCurve(IReadOnlyList<ProductRate> rates, double threads)
    {
        _points =
        [
            .. rates.Where(static rate => !rate.FromMemory).OrderBy(static rate => rate.Rows)
                .Select(rate => ((double)rate.Rows, rate.Rows / (rate.MacsPerSecond.Median * threads))),
        ];
        ProductRate? memory = rates.FirstOrDefault(static rate => rate.FromMemory);
        MemoryBytesPerSecond = memory is null ? double.PositiveInfinity : memory.BytesPerSecond;
    }

    /// <summary>Bytes of packed weights that come from memory in a second.</summary>
    public double MemoryBytesPerSecond { get; }

    /// <summary>Seconds that one weight takes with some rows when it is in the cache.</summary>
    public double SecondsPerWeight(double rows)
    {
        (double lastRows, double lastSeconds) = _points[^1];
        if (rows >= lastRows) return lastSeconds * rows / lastRows;
        int next = 1;
        while (next < _points.Length - 1 && _points[next].Rows < rows) next++;
        if (_points.Length == 1) return lastSeconds;
        (double lowRows, double low) = _points[next - 1];
        (double highRows, double high) = _points[next];
        return rows <= lowRows ? low : low + (high - low) * (rows - lowRows) / (highRows - lowRows);
    }
}
