using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Reports;

public class WelchTests
{
    // Closed forms of Student's distribution: 1 degree of freedom is Cauchy's, 2 has an algebraic one.
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.1)]
    [InlineData(5.0)]
    public void Two_and_two_of_equal_deviation_have_two_degrees_of_freedom(double t)
    {
        // Samples of 2 with sample variance 1 each: the error is 1, t the difference of the means, freedom 2.
        double deviation = Math.Sqrt(0.5);
        double expected = 1 - t / Math.Sqrt(2 + t * t);
        Assert.Equal(expected, Welch.Probability(t, deviation, 2, 0, deviation, 2)!.Value, 1e-12);
    }

    [Fact]
    public void One_steady_sample_leaves_the_other_ones_freedom() =>
        Assert.Equal(0.5, Welch.Probability(1, Math.Sqrt(0.5) * Math.Sqrt(2), 2, 0, 0, 1000)!.Value, 1e-12); // t = 1, Cauchy: 1 - 2 atan(1) / pi

    [Fact]
    public void Many_values_approach_the_normal_distribution()
    {
        const int Many = 1_000_000;
        double deviation = Math.Sqrt(Many / 2.0);
        Assert.Equal(0.05, Welch.Probability(1.959964, deviation, Many, 0, deviation, Many)!.Value, 1e-5);
    }

    [Fact]
    public void Nothing_is_said_of_single_values_and_steady_samples_differ_or_not()
    {
        Assert.Null(Welch.Probability(1, 0, 1, 2, 0, 100));
        Assert.Equal(1, Welch.Probability(3, 0, 5, 3, 0, 5));
        Assert.Equal(0, Welch.Probability(3, 0, 5, 4, 0, 5));
    }

    [Fact]
    public void Holm_asks_more_of_each_the_more_there_are()
    {
        Assert.Equal([true], Welch.Holm([0.04], 0.05));
        Assert.Equal([false, false], Welch.Holm([0.04, 0.03], 0.05));
        // Holm (1979): 0.01 <= 0.05 / 4, 0.015 <= 0.05 / 3, 0.03 > 0.05 / 2 stops.
        Assert.Equal([false, true, false, false, true], Welch.Holm([0.03, 0.01, null, 0.04, 0.015], 0.05));
    }
}
