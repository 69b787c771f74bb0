using FsCheck;
using FsCheck.Fluent;

namespace Takt.Clock.Tests;

public class DistributionTests
{
    [Fact]
    public void Mean_deviation_and_percentiles_agree_with_the_sorted_samples()
    {
        Gen<long> value = Gen.Choose(0, 33).SelectMany(bits => Gen.Choose(0, 1000).Select(m => (1L << bits) * m / 1000));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(value.NonEmptyListOf().ToArbitrary(), list =>
        {
            long[] samples = [.. list];
            var d = new Distribution();
            foreach (long sample in samples) d.Add(sample);
            double mean = samples.Average();
            double deviation = Math.Sqrt(samples.Average(s => (s - mean) * (s - mean)));
            Array.Sort(samples);

            Assert.Equal(samples.Length, d.Count);
            Assert.Equal(samples.Sum(), d.Sum);
            Assert.Equal(samples[0], d.Min);
            Assert.Equal(samples[^1], d.Max);
            Assert.Equal(mean, d.Mean, 1e-6 * (mean + 1));
            Assert.Equal(deviation, d.StandardDeviation, 1e-6 * (mean + 1));
            foreach (double share in (double[])[0, 0.1, 0.5, 0.9, 0.99, 0.999, 1])
            {
                long exact = samples[Math.Clamp((int)Math.Ceiling(share * samples.Length) - 1, 0, samples.Length - 1)];
                Assert.Equal(exact, d.Percentile(share), 0.032 * exact + 1e-9);
            }
        }));
    }

    [Fact]
    public void Adding_a_distribution_is_adding_its_values()
    {
        Distribution one = new(), two = new(), both = new();
        foreach (long v in (long[])[3, 70, 1_000_000]) { one.Add(v); both.Add(v); }
        foreach (long v in (long[])[1, 5_000]) { two.Add(v); both.Add(v); }
        one.Add(two);
        one.Add(new Distribution());

        Assert.Equal(5, one.Count);
        Assert.Equal(1, one.Min);
        Assert.Equal(both.StandardDeviation, one.StandardDeviation);
        Assert.Equal(both.Percentile(0.5), one.Percentile(0.5));
    }

    [Fact]
    public void Values_beyond_the_range_are_kept_at_its_ends()
    {
        var d = new Distribution();
        d.Add(-5);
        d.Add(long.MaxValue / 4);
        d.Add(long.MaxValue / 4);
        Assert.Equal(0, d.Min);
        Assert.Equal(long.MaxValue / 4, d.Max);
        Assert.Equal(d.Max, d.Percentile(1));
        Assert.True(d.Percentile(0.5) >= 1L << 39);
    }

    [Fact]
    public void Nothing_added_gives_zeros_and_clear_goes_back_to_that()
    {
        var d = new Distribution();
        d.Add(12);
        d.Clear();
        Assert.Equal((0L, 0L, 0L, 0.0, 0.0, 0.0), (d.Count, d.Min, d.Max, d.Mean, d.StandardDeviation, d.Percentile(0.5)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_outside_0_to_1_is_refused(double share)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Distribution().Percentile(share));
        Assert.Contains("must be 0 to 1", error.Message, StringComparison.Ordinal);
    }
}
