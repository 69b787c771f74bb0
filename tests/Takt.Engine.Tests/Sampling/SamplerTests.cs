using FsCheck;
using FsCheck.Fluent;
using Takt.Engine.Sampling;

namespace Takt.Engine.Tests.Sampling;

public class SamplerTests
{
    private static readonly SamplingOptions Off = new() { TopK = 0, TopP = 1, MinP = 0, Temperature = 1 };

    private static float[] Bell(int vocabulary, double spread, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, vocabulary).Select(_ =>
            (float)(spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    private static Gen<SamplingOptions> AnyOptions =>
        from k in Gen.Elements(0, 0, 1, 5, 40, 700, 5000)
        from typical in Gen.Elements(1f, 1f, 0.1f, 0.5f, 0.9f, 0f)
        from p in Gen.Elements(1f, 1f, 0.02f, 0.5f, 0.9f, 0.999f, 0f)
        from min in Gen.Elements(0f, 0f, 0.01f, 0.3f, 1f)
        from temperature in Gen.Elements(0.3f, 1f, 1.7f)
        from repetition in Gen.Elements(1f, 1.3f, 0.8f)
        from window in Gen.Elements(0, 3, 64)
        select new SamplingOptions
        {
            TopK = k,
            TypicalP = typical,
            TopP = p,
            MinP = min,
            Temperature = temperature,
            RepetitionPenalty = repetition,
            PenaltyWindow = window,
            FrequencyPenalty = 0.3f,
            PresencePenalty = -0.2f,
            LogitBias = [new(0, 2), new(1, float.NegativeInfinity)],
        };

    private static Gen<float[]> AnyLogits =>
        from vocabulary in Gen.Elements(2, 7, 8, 9, 100, 1024, 1500)
        from spread in Gen.Elements(0.0, 0.5, 3, 20)
        from coarse in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1 << 30)
        select coarse // many equal logits
            ? Bell(vocabulary, spread, seed).Select(l => MathF.Round(l)).ToArray()
            : Bell(vocabulary, spread, seed);

    [Fact]
    public void Survivors_are_those_of_the_reference_that_sorts_everything()
    {
        int decided = 0, undecided = 0;
        Config config = Config.QuickThrowOnFailure.WithMaxTest(300);
        Check.One(config, Prop.ForAll(AnyLogits.Zip(AnyOptions, (l, o) => (l, o)).ToArbitrary(), pair =>
        {
            (float[] logits, SamplingOptions options) = pair;
            int[] tokens = [.. Enumerable.Range(0, 80).Select(i => i * i % 11 % logits.Length)];
            Dictionary<int, double>? expected = SamplingReference.Distribution(logits, options, tokens);
            if (expected is null)
            {
                undecided++;
                return;
            }

            decided++;
            float[] changed = [.. logits];
            new Penalties(logits.Length).Apply(changed, options, tokens);
            ulong[] keys = [.. new Sampler(logits.Length).Survivors(changed, changed.Max(), options)];
            Assert.Equal(expected.Keys.Order(), keys.Select(Ranking.Token).Order());
            Assert.Equal(keys.Order(), keys);
            if (options is not { TopK: 0, TypicalP: 1, TopP: 1, MinP: 0 }) AssertDraw(logits, options, tokens, expected, keys);
        }));
        Assert.True(decided > 2 * undecided, $"{decided} decided, {undecided} not");
    }

    private static void AssertDraw(
        float[] logits, SamplingOptions options, int[] tokens, Dictionary<int, double> expected, ulong[] keys)
    {
        double sum = 0, uniform = Philox.Uniform(7, 3);
        int walked = keys.TakeWhile(key => (sum += expected[Ranking.Token(key)]) <= uniform).Count();
        if (walked == keys.Length || Math.Abs(sum - uniform) < 1e-5) return;
        Assert.Equal(Ranking.Token(keys[walked]), new Sampler(logits.Length).Sample([.. logits], options, tokens, 7, 3));
    }

    [Fact]
    public void Drawn_tokens_follow_the_reference_distribution()
    {
        SamplingOptions[] all =
        [
            Off, Off with { Temperature = 0.5f }, Off with { Temperature = 3 }, Off with { TopK = 10 }, Off with { TopP = 0.8f },
            Off with { MinP = 0.1f, Temperature = 2 }, Off with { TypicalP = 0.7f }, new SamplingOptions(),
            new SamplingOptions { TopK = 20, TypicalP = 0.9f, TopP = 0.9f, RepetitionPenalty = 1.2f, FrequencyPenalty = 0.5f },
        ];
        int[] tokens = [1, 2, 3, 2, 1, 2];
        foreach (int vocabulary in (int[])[30, 1500])
        {
            float[] logits = Bell(vocabulary, 2, seed: 5);
            var sampler = new Sampler(vocabulary);
            foreach (SamplingOptions options in all)
            {
                Dictionary<int, double> expected = SamplingReference.Distribution(logits, options, tokens)!;
                const int draws = 4_000;
                var counts = new Dictionary<int, int>();
                float[] scratch = new float[vocabulary];
                for (int draw = 0; draw < draws; draw++)
                {
                    logits.CopyTo(scratch, 0);
                    int token = sampler.Sample(scratch, options, tokens, seed: 42, draw);
                    counts[token] = counts.GetValueOrDefault(token) + 1;
                }

                Assert.Subset(expected.Keys.ToHashSet(), counts.Keys.ToHashSet());
                AssertChiSquared(expected, counts, draws);
            }
        }
    }

    private static void AssertChiSquared(Dictionary<int, double> expected, Dictionary<int, int> counts, int draws)
    {
        // Tokens that are expected less than 10 times share one bin.
        var bins = expected.GroupBy(e => e.Value * draws < 10 ? -1 : e.Key)
            .Select(g => (Expected: g.Sum(e => e.Value) * draws, Seen: g.Sum(e => counts.GetValueOrDefault(e.Key))))
            .Where(b => b.Expected > 1).ToArray();
        double chi = bins.Sum(b => (b.Seen - b.Expected) * (b.Seen - b.Expected) / b.Expected);
        double freedom = bins.Length - 1;
        Assert.True(chi <= freedom + 4 * Math.Sqrt(2 * freedom) + 4, $"chi squared is {chi:f1} for {freedom} degrees of freedom");
    }

    [Fact]
    public void Temperature_0_takes_the_best_token_whatever_the_filters()
    {
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(AnyLogits.ToArbitrary(), logits =>
        {
            int best = Array.IndexOf(logits, logits.Max());
            Assert.Equal(best, new Sampler(logits.Length).Sample([.. logits], Off with { Temperature = 0 }, [], 1, 0));
            Assert.Equal(best, new Sampler(logits.Length).Sample([.. logits], Off with { TopK = 1 }, [], 1, 0));
            Assert.Equal(best, new Sampler(logits.Length).Sample([.. logits], Off with { TopP = 0 }, [], 1, 0));
        }));
    }

    [Fact]
    public void A_tiny_temperature_is_greedy_and_a_huge_one_is_uniform()
    {
        var sampler = new Sampler(4);
        Assert.Equal(2, sampler.Sample([1, 2, 4, 3], Off with { Temperature = float.Epsilon }, [], 1, 0));
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++) counts[sampler.Sample([1, 2, 4, 3], Off with { Temperature = float.MaxValue }, [], 1, i)]++;
        Assert.All(counts, count => Assert.InRange(count, 900, 1100));
    }

    [Fact]
    public void The_same_seed_and_draw_give_these_tokens_on_every_machine()
    {
        float[] logits = [.. Enumerable.Range(0, 5000).Select(i => i * 7919 % 5000 * 0.002f)];
        int[] Tokens(SamplingOptions options)
        {
            var sampler = new Sampler(logits.Length);
            return [.. Enumerable.Range(0, 6).Select(draw => sampler.Sample([.. logits], options, [], seed: 7, draw))];
        }

        // Seen equal with AVX-512, with AVX2 and without any vector instructions.
        Assert.Equal([4779, 2052, 41, 1956, 1466, 1716], Tokens(Off));
        Assert.Equal([495, 519, 2321, 877, 2667, 4272], Tokens(Off with { TopK = 100 }));
        Assert.Equal([1901, 1509, 1963, 3657, 2792, 2422], Tokens(Off with { TopP = 0.9f }));
        Assert.Equal([877, 2136, 2321, 4815, 531, 173], Tokens(new SamplingOptions()));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_logit_that_is_no_number_is_refused(float bad)
    {
        foreach (int at in (int[])[0, 7, 8, 15, 16, 20])
        {
            float[] logits = Bell(21, 1, 1);
            logits[at] = bad;
            foreach (float temperature in (float[])[0, 1])
            {
                var error = Assert.Throws<InvalidDataException>(
                    () => new Sampler(21).Sample([.. logits], Off with { Temperature = temperature }, [], 1, 0));
                Assert.Contains($"the logit of token {at} is {bad}", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Banned_tokens_are_never_drawn_and_banning_all_is_refused()
    {
        var sampler = new Sampler(3);
        SamplingOptions ban = Off with { LogitBias = [new(0, float.NegativeInfinity), new(2, float.NegativeInfinity)] };
        foreach (SamplingOptions options in (SamplingOptions[])[ban, ban with { TopK = 3 }, ban with { TypicalP = 0.5f }, ban with { TopP = 0.99f }])
        {
            for (int draw = 0; draw < 50; draw++) Assert.Equal(1, sampler.Sample([5, 0, 5], options, [], 3, draw));
        }

        float[] none = [float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity];
        var error = Assert.Throws<InvalidDataException>(() => sampler.Sample(none, Off, [], 1, 0));
        Assert.Contains("every token is ruled out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Penalties_follow_their_formulas()
    {
        var penalties = new Penalties(4);
        float[] logits = [2, -2, 3, 1];
        penalties.Apply(logits, Off with { RepetitionPenalty = 2, PenaltyWindow = 2 }, [3, 0, 1]);
        Assert.Equal([1, -4, 3, 1], logits);

        logits = [2, -2, 3, 1];
        penalties.Apply(logits, Off with { FrequencyPenalty = 0.5f, PresencePenalty = 0.25f }, [0, 0, 2]);
        Assert.Equal([0.75f, -2, 2.25f, 1], logits);
    }

    [Fact]
    public void Nothing_is_allocated_per_token()
    {
        const int vocabulary = 5000;
        float[] logits = Bell(vocabulary, 3, 3);
        float[] scratch = new float[vocabulary];
        int[] tokens = [1, 2, 3];
        var sampler = new Sampler(vocabulary);
        foreach (SamplingOptions options in (SamplingOptions[])[
            Off, SamplingOptions.Greedy, new(), Off with { TopP = 0.9f }, Off with { MinP = 0.1f }, Off with { TypicalP = 0.9f },
            Off with { TopK = 900, RepetitionPenalty = 2, LogitBias = [new(1, 1)] }])
        {
            long before = 0;
            for (int draw = 0; draw < 20; draw++)
            {
                if (draw == 10) before = GC.GetAllocatedBytesForCurrentThread();
                logits.CopyTo(scratch, 0);
                sampler.Sample(scratch, options, tokens, 1, draw);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
