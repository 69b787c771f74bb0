namespace Takt.Clock.Costs;

/// <summary>How the time of a product grows with its rows: straight lines between what was measured.</summary>
internal sealed class ProductCurve
{
    private readonly Lines _cached, _memory;

    /// <summary>Takes the rates of one format and thread count.</summary>
    /// <param name="rates">Of weights in a cache, and of weights from memory, for some numbers of rows each.</param>
    /// <param name="threads">Threads wanted over threads measured: computing is taken to grow with them, memory is not.</param>
    public ProductCurve(IReadOnlyList<ProductRate> rates, double threads)
    {
        _cached = new Lines([.. rates.Where(static rate => !rate.FromMemory)], threads);
        _memory = new Lines([.. rates.Where(static rate => rate.FromMemory)], 1);
        ProductRate? memory = rates.Where(static rate => rate.FromMemory).OrderByDescending(static rate => rate.Columns).MinBy(static rate => rate.Rows);
        MemoryBytesPerSecond = memory is null ? double.PositiveInfinity : memory.BytesPerSecond;
    }

    /// <summary>Bytes of packed weights that come from memory in a second, multiplied with one row.</summary>
    public double MemoryBytesPerSecond { get; }

    /// <summary>Seconds that one weight takes with some rows when it is in the cache.</summary>
    public double Cached(double rows, long columns) =>
        rows >= _cached.LastRows ? _cached.At(_cached.LastRows, columns) * rows / _cached.LastRows : _cached.At(rows, columns);

    /// <summary>
    /// Seconds that one weight takes with some rows when it comes from memory. Waiting for memory and computing overlap less than fully;
    /// how much was measured with few rows, and with more the wait stays what it was.
    /// </summary>
    public double FromMemory(double rows, long columns)
    {
        if (_memory.IsEmpty) return Cached(rows, columns);
        double most = _memory.LastRows, last = _memory.At(most, columns);
        return rows <= most
            ? _memory.At(rows, columns)
            : Math.Max(last, Cached(rows, columns) + Math.Max(0, last - Cached(most, columns)));
    }

    /// <summary>Seconds of a weight by rows, for two widths of the matrix.</summary>
    private sealed class Lines
    {
        private readonly (double Rows, double Seconds)[] _wide, _narrow;
        private readonly double _wideInverse, _narrowInverse;

        public Lines(IReadOnlyCollection<ProductRate> rates, double threads)
        {
            int wide = rates.Select(static rate => rate.Columns).DefaultIfEmpty().Max(), narrow = rates.Select(static rate => rate.Columns).DefaultIfEmpty().Min();
            (double, double)[] Points(int columns) =>
            [
                .. rates.Where(rate => rate.Columns == columns).OrderBy(static rate => rate.Rows)
                    .Select(rate => ((double)rate.Rows, rate.Rows / (rate.MacsPerSecond.Median * threads))),
            ];
            (_wide, _narrow) = (Points(wide), wide == narrow ? [] : Points(narrow));
            (_wideInverse, _narrowInverse) = (1.0 / wide, 1.0 / narrow);
        }

        public bool IsEmpty => _wide.Length == 0;

        public double LastRows => _wide[^1].Rows;

        // What begins and ends with a row of the matrix is shared by its columns: so the time rises with one over them.
        public double At(double rows, long columns)
        {
            double wide = Between(_wide, rows);
            if (_narrow.Length == 0 || columns == 0) return wide;
            double share = (1.0 / columns - _wideInverse) / (_narrowInverse - _wideInverse);
            double more = Math.Max(0, Between(_narrow, Math.Min(rows, _narrow[^1].Rows)) - Between(_wide, Math.Min(rows, _narrow[^1].Rows)));
            return Math.Max(0.5 * wide, wide + share * more);
        }

        private static double Between((double Rows, double Seconds)[] points, double rows)
        {
            if (points.Length == 1) return points[0].Seconds;
            int next = 1;
            while (next < points.Length - 1 && points[next].Rows < rows) next++;
            (double lowRows, double low) = points[next - 1];
            (double highRows, double high) = points[next];
            return rows <= lowRows ? low : low + (high - low) * (rows - lowRows) / (highRows - lowRows);
        }
    }
}
