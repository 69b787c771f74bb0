using System.Runtime.Intrinsics;
using Takt.Engine.Sampling;

namespace Takt.Engine.Tests.Sampling;

public class SamplingPartsTests
{
    [Theory] // the known answers that come with Random123
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_numbers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Uniform_draws_fill_the_unit_interval()
    {
        double[] draws = [.. Enumerable.Range(0, 10_000).Select(i => Philox.Uniform(99, (ulong)i))];
        Assert.All(draws, u => Assert.InRange(u, 0, 1 - 1e-16));
        Assert.Equal(0.5, draws.Average(), 0.01);
        Assert.Equal(10_000, draws.Distinct().Count());
        Assert.NotEqual(Philox.Uniform(1, 5), Philox.Uniform(2, 5));
    }

    [Fact]
    public void The_exponential_is_exact_to_two_units_in_the_last_place()
    {
        for (float x = 0; x > -87; x -= 0.0137f)
        {
            float exact = (float)Math.Exp(x);
            Assert.Equal(exact, Exponential.Of(x), 2 * (MathF.BitIncrement(exact) - exact));
        }

        Assert.Equal(1, Exponential.Of(0));
        Assert.Equal(0, Exponential.Of(-87.5f));
        Assert.Equal(0, Exponential.Of(float.NegativeInfinity));
        Vector256<float> x8 = Vector256.Create(0, -1, -2.5f, -30, -86.9f, -88, -0.001f, float.NegativeInfinity);
        for (int lane = 0; lane < 8; lane++) Assert.Equal(Exponential.Of(x8[lane]), Exponential.Of(x8)[lane]);
    }

    [Fact]
    public void Keys_sort_by_falling_logit_then_rising_id_and_give_both_back()
    {
        float[] logits = [3, -0f, 0, float.MinValue, -2, float.Epsilon, 3, float.MaxValue, -2];
        ulong[] keys = [.. logits.Select(Ranking.Key).Order()];
        Assert.Equal([7, 0, 6, 5, 1, 2, 4, 8, 3], keys.Select(Ranking.Token));
        Assert.All(keys, key => Assert.Equal(logits[Ranking.Token(key)], Ranking.Logit(key)));
    }

    [Fact]
    public void The_best_k_are_found_in_any_order_of_logits()
    {
        var random = new Random(4);
        float[] rising = [.. Enumerable.Range(0, 3001).Select(i => (float)i)];
        float[][] orders = [rising, [.. rising.Reverse()], [.. rising.OrderBy(_ => random.Next())], new float[3001]];
        ulong[] keys = new ulong[3001 + Ranking.Slack];
        foreach (float[] logits in orders)
        {
            int[] sorted = [.. Enumerable.Range(0, 3001).OrderByDescending(i => logits[i])]; // stable
            foreach (int k in (int[])[1, 2, 40, 256, 300, 2999, 3001, int.MaxValue])
            {
                int count = Ranking.Top(logits, k, keys);
                Assert.Equal(sorted.Take(k), keys.Take(count).Select(Ranking.Token));
            }
        }
    }

    public static TheoryData<SamplingOptions, string> BadOptions => new()
    {
        { new() { Temperature = -1 }, "temperature must be 0 or more, but is -1" },
        { new() { Temperature = float.NaN }, "temperature must be 0 or more, but is NaN" },
        { new() { TopK = -1 }, "top-k must be 0 (off) or more, but is -1" },
        { new() { TopP = 1.5f }, "top-p must be 0 to 1 (off), but is 1.5" },
        { new() { MinP = -0.5f }, "min-p must be 0 (off) to 1, but is -0.5" },
        { new() { TypicalP = 2 }, "typical-p must be 0 to 1 (off), but is 2" },
        { new() { RepetitionPenalty = 0 }, "repetition penalty must be above 0 (1 is off), but is 0" },
        { new() { FrequencyPenalty = float.PositiveInfinity }, "frequency penalty must be a finite number (0 is off)" },
        { new() { PresencePenalty = float.NaN }, "presence penalty must be a finite number (0 is off)" },
        { new() { PenaltyWindow = -1 }, "penalty window must be 0 (none) or more tokens, but is -1" },
        { new() { LogitBias = [new(50, 1)] }, "logit bias names token 50, but this model's ids go from 0 to 49" },
        { new() { LogitBias = [new(3, float.NaN)] }, "logit bias of token 3 must be a number or negative infinity, but is NaN" },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void Values_out_of_range_are_refused(SamplingOptions options, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => options.Check(50));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_and_greedy_are_in_range()
    {
        new SamplingOptions().Check(1);
        SamplingOptions.Greedy.Check(1);
    }
}
