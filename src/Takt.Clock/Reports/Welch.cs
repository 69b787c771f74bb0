namespace Takt.Clock.Reports;

/// <summary>Whether two means differ by more than chance (Welch, 1947: deviations and counts may differ).</summary>
internal static class Welch
{
    /// <summary>The probability of a difference at least this large between samples of equal means; null where a sample has fewer than two values.</summary>
    /// <param name="meanA">Mean of the one sample.</param>
    /// <param name="deviationA">Its population deviation.</param>
    /// <param name="countA">Its size.</param>
    /// <param name="meanB">Mean of the other.</param>
    /// <param name="deviationB">Its population deviation.</param>
    /// <param name="countB">Its size.</param>
    public static double? Probability(double meanA, double deviationA, long countA, double meanB, double deviationB, long countB)
    {
        if (countA < 2 || countB < 2) return null;
        // The sample variance over the count is the population variance over the count less one.
        double a = deviationA * deviationA / (countA - 1), b = deviationB * deviationB / (countB - 1), error = a + b;
        if (error == 0) return meanA == meanB ? 1 : 0;
        double t = (meanA - meanB) / Math.Sqrt(error);
        double freedom = error * error / (a * a / (countA - 1) + b * b / (countB - 1));
        return RegularizedBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
    }

    /// <summary>Marks which of some tests are significant together at a level (Holm, 1979); those that are null never are.</summary>
    public static bool[] Holm(IReadOnlyList<double?> probabilities, double level)
    {
        bool[] significant = new bool[probabilities.Count];
        int[] order = [.. Enumerable.Range(0, probabilities.Count).Where(i => probabilities[i] is not null).OrderBy(i => probabilities[i])];
        for (int i = 0; i < order.Length && probabilities[order[i]] <= level / (order.Length - i); i++) significant[order[i]] = true;
        return significant;
    }

    // The incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method.
    private static double RegularizedBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - front * Fraction(1 - x, b, a) / b;
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        double c = 1, d = 1 / Away(1 - (a + b) * x / (a + 1)), result = d;
        for (int m = 1; m < 500; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Away(1 + even * d);
            c = Away(1 + even / c);
            result *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + odd * d);
            c = Away(1 + odd / c);
            result *= d * c;
            if (Math.Abs(d * c - 1) < 1e-14) break;
        }

        return result;

        static double Away(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    // Stirling's series (DLMF 5.11.1), shifted up to where it is exact to double precision.
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 15; x++) shift -= Math.Log(x);
        double inverse = 1 / x, square = inverse * inverse;
        double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series;
    }
}
