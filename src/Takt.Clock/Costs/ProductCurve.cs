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
    /// how much was measured with some numbers of rows. Between them the wait changes evenly and computing as it does in the cache, where
    /// more were measured: rows that make a whole tile cost less than the rows of a tile that is not full.
    /// </summary>
    public double FromMemory(double rows, long columns)
    {
        double cached = Cached(rows, columns);
        if (_memory.IsEmpty) return cached;
        double Wait(double measured) => _memory.At(measured, columns) - Cached(measured, columns);
        (double low, double high, double share) = _memory.Around(rows);
        double wait = low == high ? Wait(low) : Wait(low) * (1 - share) + Wait(high) * share;
        return cached + (rows > _memory.LastRows ? Math.Max(0, wait) : wait);
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
            double share = (1.0 / columns - _wideInverse) / (_narrowInverse - _wideInverse), last = _narrow[^1].Rows, known = Math.Min(rows, last);
            double more = Math.Max(0, Between(_narrow, known) - Between(_wide, known)) * rows / known;
            return Math.Max(0.5 * wide, wide + share * more);
        }

        /// <summary>The numbers of rows measured next below and above, and how far it is from one to the other.</summary>
        public (double Low, double High, double Share) Around(double rows)
        {
            if (rows <= _wide[0].Rows) return (_wide[0].Rows, _wide[0].Rows, 0);
            int next = Array.FindIndex(_wide, point => point.Rows >= rows);
            return next < 0
                ? (LastRows, LastRows, 0)
                : (_wide[next - 1].Rows, _wide[next].Rows, (rows - _wide[next - 1].Rows) / (_wide[next].Rows - _wide[next - 1].Rows));
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
