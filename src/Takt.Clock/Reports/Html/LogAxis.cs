namespace Takt.Clock.Reports.Html;

/// <summary>A logarithmic axis over whole decades.</summary>
internal readonly struct LogAxis
{
    private readonly double _from, _to;
    private readonly int _low, _high;

    /// <summary>Covers values from a place in a drawing to another.</summary>
    public LogAxis(IEnumerable<double> values, double from, double to)
    {
        (_from, _to) = (from, to);
        double[] positive = [.. values.Where(static value => value > 0 && double.IsFinite(value))];
        (double least, double most) = positive.Length == 0 ? (1, 10) : (positive.Min(), positive.Max());
        _low = (int)Math.Floor(Math.Log10(least));
        _high = Math.Max(_low + 1, (int)Math.Ceiling(Math.Log10(most)));
    }

    /// <summary>The smallest value.</summary>
    public double Least => Math.Pow(10, _low);

    /// <summary>The largest value.</summary>
    public double Most => Math.Pow(10, _high);

    /// <summary>Where the lines of the grid are.</summary>
    public IEnumerable<double> Decades
    {
        get
        {
            for (int power = _low; power <= _high; power++) yield return Math.Pow(10, power);
        }
    }

    /// <summary>The place of a value.</summary>
    public double At(double value) => _from + (_to - _from) * (Math.Log10(value) - _low) / (_high - _low);
}
