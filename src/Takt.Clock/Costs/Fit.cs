namespace Takt.Clock.Costs;

/// <summary>
/// Factors on the parts of a cost, fitted to what was measured: Bayesian linear regression of relative errors (Bishop, 2006, 3.3) that
/// starts from factors of 1 and forgets old cycles slowly.
/// </summary>
internal sealed class Fit
{
    private const double PriorDeviation = 0.2, Noise = 0.03, Keep = 0.995;
    private const double LeastFactor = 0.2;

    private readonly int _size;
    private readonly double[,] _information;
    private readonly double[] _weighted;
    private double[,] _covariance;

    /// <summary>Starts with factors of 1.</summary>
    public Fit(int size)
    {
        _size = size;
        _information = new double[size, size];
        _weighted = new double[size];
        for (int i = 0; i < size; i++) _weighted[i] = _information[i, i] = Prior;
        Factors = [.. Enumerable.Repeat(1.0, size)];
        _covariance = Invert(_information, size);
    }

    private static double Prior => 1 / (PriorDeviation * PriorDeviation);

    /// <summary>The factors.</summary>
    public double[] Factors { get; private set; }

    /// <summary>The sum of the parts, each with its factor.</summary>
    public double Sum(ReadOnlySpan<double> parts)
    {
        double sum = 0;
        for (int i = 0; i < _size; i++) sum += parts[i] * Factors[i];
        return sum;
    }

    /// <summary>Standard deviation of that sum because the factors are not known exactly, relative to it.</summary>
    public double Deviation(ReadOnlySpan<double> parts)
    {
        double sum = Sum(parts), variance = 0;
        for (int i = 0; i < _size; i++)
        {
            for (int j = 0; j < _size; j++) variance += parts[i] * parts[j] * _covariance[i, j];
        }

        return sum > 0 ? Math.Sqrt(Math.Max(0, variance)) / sum : 0;
    }

    /// <summary>Takes in a cycle: its parts and what it took.</summary>
    /// <param name="parts">Seconds.</param>
    /// <param name="seconds">Seconds, above 0.</param>
    /// <param name="weight">How much it counts, 0 to 1.</param>
    public void Add(ReadOnlySpan<double> parts, double seconds, double weight)
    {
        double strength = weight / (Noise * Noise);
        for (int i = 0; i < _size; i++)
        {
            double x = parts[i] / seconds;
            for (int j = 0; j < _size; j++)
            {
                double prior = i == j ? Prior : 0;
                _information[i, j] = prior + (_information[i, j] - prior) * Keep + strength * x * parts[j] / seconds;
            }

            _weighted[i] = Prior + (_weighted[i] - Prior) * Keep + strength * x;
        }

        _covariance = Invert(_information, _size);
        var factors = new double[_size];
        for (int i = 0; i < _size; i++)
        {
            for (int j = 0; j < _size; j++) factors[i] += _covariance[i, j] * _weighted[j];
            factors[i] = Math.Max(LeastFactor, factors[i]);
        }

        Factors = factors;
    }

    // Gauss-Jordan; the matrix is positive definite, so pivots are not zero.
    private static double[,] Invert(double[,] matrix, int size)
    {
        var left = (double[,])matrix.Clone();
        var right = new double[size, size];
        for (int i = 0; i < size; i++) right[i, i] = 1;
        for (int column = 0; column < size; column++)
        {
            double pivot = left[column, column];
            for (int k = 0; k < size; k++) (left[column, k], right[column, k]) = (left[column, k] / pivot, right[column, k] / pivot);
            for (int row = 0; row < size; row++)
            {
                double factor = left[row, column];
                if (row == column || factor == 0) continue;
                for (int k = 0; k < size; k++)
                {
                    left[row, k] -= factor * left[column, k];
                    right[row, k] -= factor * right[column, k];
                }
            }
        }

        return right;
    }
}
