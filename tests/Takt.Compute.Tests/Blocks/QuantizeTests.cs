using FsCheck;
using FsCheck.Fluent;
using Takt.Compute.Blocks;

namespace Takt.Compute.Tests.Blocks;

public class QuantizeTests
{
    public static TheoryData<string> Names => Formats.BlockNames;

    /// <summary>Relative RMS error of llama.cpp's quantisation (no importance matrix) of the same weights.</summary>
    [Theory]
    [InlineData("q4_0", 0.08635)]
    [InlineData("q4_1", 0.07884)]
    [InlineData("q5_0", 0.04303)]
    [InlineData("q5_1", 0.03793)]
    [InlineData("q8_0", 0.00538)]
    [InlineData("q2_k", 0.29667)]
    [InlineData("q3_k", 0.15187)]
    [InlineData("q4_k", 0.07159)]
    [InlineData("q5_k", 0.03628)]
    [InlineData("q6_k", 0.01782)]
    [InlineData("iq4_nl", 0.07653)]
    [InlineData("iq4_xs", 0.07709)]
    [InlineData("mxfp4", 0.11540)]
    public void Normal_weights_lose_no_more_than_in_llama_cpp(string name, double peer)
    {
        var weights = Normal(1, 1 << 15);
        var result = Formats.Block(name).RoundTrip(weights);
        double error = 0, power = 0;
        for (int k = 0; k < weights.Length; k++)
        {
            error += Math.Pow(weights[k] - result[k], 2);
            power += Math.Pow(weights[k], 2);
        }
        Assert.InRange(Math.Sqrt(error / power), peer / 2, peer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Error_of_any_block_is_bounded_by_its_largest_magnitude(string name)
    {
        var format = Formats.Block(name);
        double bound = name switch
        {
            "q8_0" => 0.006,
            "q6_k" => 0.04,
            "q5_0" or "q5_1" or "q5_k" => 0.09,
            "q3_k" => 0.35,
            "q2_k" => 0.6,
            _ => 0.25,
        };
        // An offset that is a half lets nothing be below -65504.
        double lowest = name is "q4_1" or "q5_1" ? -(double)Half.MaxValue : double.NegativeInfinity;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20000), Prop.ForAll(Blocks(format.BlockValues), values =>
        {
            float largest = values.Max(MathF.Abs);
            var result = format.RoundTrip(values);
            for (int k = 0; k < values.Length; k++)
                if (!(Math.Abs(values[k] - result[k]) <= bound * largest + Math.Max(0, lowest - values[k]) + 1e-6)) return false;
            return true;
        }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Quantising_again_what_was_dequantised_adds_little(string name)
    {
        var format = Formats.Block(name);
        var weights = Normal(2, 32 * format.BlockValues);
        var once = format.RoundTrip(weights);
        var twice = format.RoundTrip(once);
        Assert.True(Distance(once, twice) <= (name.EndsWith('k') || name == "iq4_xs" ? 0.5 : 0.15) * Distance(weights, once));
    }

    [Theory]
    [InlineData("q4_1")]
    [InlineData("q5_1")]
    [InlineData("q8_0")]
    [InlineData("mxfp4")]
    public void A_block_the_format_can_hold_comes_back_unchanged(string name)
    {
        var format = Formats.Block(name);
        int[] codes = name switch
        {
            "mxfp4" => [0, 1, 2, 3, 4, 6, 8, 12, -1, -2, -3, -4, -6, -8, -12],
            "q8_0" => [.. Enumerable.Range(-16, 32).Select(k => 8 * k + (k < 0 ? 1 : 7))],
            _ => [.. Enumerable.Range(0, name == "q4_1" ? 16 : 32)],
        };
        var values = new float[32];
        for (int k = 0; k < 32; k++) values[k] = 0.125f * codes[k % codes.Length] - (name[^1] == '1' ? 2 : 0);
        Assert.Equal(values, format.RoundTrip(values));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Zeros_stay_zero(string name)
    {
        var format = Formats.Block(name);
        Assert.All(format.RoundTrip(new float[2 * format.BlockValues]), value => Assert.Equal(0, value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_constant_is_kept(string name)
    {
        var format = Formats.Block(name);
        foreach (float constant in (float[])[1, -1, 0.3f, -777])
        {
            var values = Enumerable.Repeat(constant, format.BlockValues).ToArray();
            double tolerance = name == "mxfp4" ? 0.17 : 0.005;
            Assert.All(format.RoundTrip(values), value => Assert.Equal(constant, value, tolerance * Math.Abs(constant)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void One_outlier_is_kept(string name)
    {
        var format = Formats.Block(name);
        var values = Normal(5, format.BlockValues);
        values[17] = -10_000;
        Assert.Equal(-10_000, format.RoundTrip(values)[17], name == "mxfp4" ? 1900.0 : 900);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_magnitude_of_float_gives_finite_results(string name)
    {
        var format = Formats.Block(name);
        for (int exponent = -149; exponent <= 127; exponent += 3)
        {
            var values = Normal(exponent, format.BlockValues);
            float unit = MathF.ScaleB(1, exponent), largest = values.Max(MathF.Abs);
            for (int k = 0; k < values.Length; k++) values[k] *= unit / largest;
            var result = format.RoundTrip(values);
            // Below the smallest half a block vanishes, beyond the largest it saturates; nothing grows beyond its own range.
            Assert.All(result, value => Assert.InRange(MathF.Abs(value), 0, Math.Max(1.5 * unit, 1e-6)));
            if (exponent is >= -12 and <= 16 || (name == "mxfp4" && exponent >= -120))
                Assert.InRange(Distance(values, result), 0, 0.4 * unit * Math.Sqrt(values.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_largest_floats_saturate(string name)
    {
        var format = Formats.Block(name);
        var values = Enumerable.Range(0, format.BlockValues).Select(k => k % 2 == 0 ? float.MaxValue : -float.MaxValue).ToArray();
        var result = format.RoundTrip(values);
        Assert.All(result, value => Assert.True(float.IsFinite(value)));
        Assert.True(result[0] > 60_000);
        Assert.True(result[1] < result[0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_value_that_is_not_finite_is_refused_with_its_index(float bad)
    {
        foreach (var format in Formats.Blocks)
        {
            var values = new float[512];
            values[300] = bad;
            var error = Assert.Throws<ArgumentException>(() => format.Quantize(values));
            Assert.Contains("Value 300 ", error.Message, StringComparison.Ordinal);
            Assert.Contains(format.Name, error.Message, StringComparison.Ordinal);
        }
    }

    private static float[] Normal(int seed, int count) => Formats.Normal(new Random(seed), count);

    private static double Distance(float[] a, float[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => Math.Pow((double)x - y, 2)).Sum());

    /// <summary>Blocks of all kinds: normal, one-sided, few distinct values, mostly zero, with outliers, at scales 1e-3 to 1e3.</summary>
    private static Arbitrary<float[]> Blocks(int count) =>
        (from seed in Gen.Choose(0, int.MaxValue)
         from kind in Gen.Choose(0, 4)
         from exponent in Gen.Choose(-3, 3)
         select Block(new Random(seed), kind, MathF.Pow(10, exponent), count)).ToArbitrary();

    private static float[] Block(Random random, int kind, float scale, int count)
    {
        var values = Formats.Normal(random, count);
        for (int k = 0; k < count; k++)
        {
            float value = values[k];
            values[k] = scale * kind switch
            {
                1 => MathF.Abs(value) + 0.5f,
                2 => random.Next(3) - 1,
                3 => random.Next(20) == 0 ? value : 0,
                4 => random.Next(30) == 0 ? 20 * value : value,
                _ => value,
            };
        }
        return values;
    }
}
