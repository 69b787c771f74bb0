using Takt.Clock.Costs;
using Takt.Clock.Graphs;

namespace Takt.Clock.Tests.Costs;

public class CostModelTests
{
    private static readonly Measured _rate = new(1e9, 1e9, 0);

    // 1 GB/s from memory, 1 GMAC/s for one row and 4 GMAC/s for 64 in the cache, a barrier of 1 us.
    internal static readonly MachineProfile Profile = new(2, 1e9, 1e10)
    {
        Tier = "avx2",
        Products =
        [
            new("avx2", "q8_0", 2, 1, false, _rate, 1e9),
            new("avx2", "q8_0", 2, 64, false, new Measured(4e9, 4e9, 0), 1e8),
            new("avx2", "q8_0", 2, 1, true, _rate, 1e9),
        ],
        Attentions = [new("f16", 2, false, 1e-9, 1e-10), new("f16", 2, true, 0, 1e-10)],
        RowRates = [new("norm", 0, 1e-9)],
        Barriers = [new(2, new Measured(1e-6, 1e-6, 0))],
    };

    internal static readonly ModelGraph Graph = new("toy",
    [
        new(new Moment(Stage.Execute, 0, "qkv"), MomentKind.Product)
        {
            Weights = [new WeightPart("q8_0", 1_000_000, 2_000_000, 2048)], WeightBytes = 2_000_000, Parameters = 1_000_000, Calls = 1,
        },
        new(new Moment(Stage.Execute, 0, "attention"), MomentKind.Attention) { TokenBytes = 1000, PairFlops = 1000, KvType = "f16" },
        new(new Moment(Stage.Execute, 0, "attention_norm"), MomentKind.Rowwise) { RowBytes = 1000, Rate = "norm" },
    ]);

    [Fact]
    public void The_profile_alone_predicts_what_its_rates_say()
    {
        var roofline = new Roofline(Profile, Graph.WeightBytes);
        CycleShape one = CycleShape.Generation(1, 99), prompt = CycleShape.Prefill(64);
        // Two bytes a weight at 1 GB/s are slower than 1 GMAC/s; 64 rows at 4 GMAC/s are slower than both.
        Assert.Equal(2e-3 + 1e-6, roofline.Cost(Graph.Moments[0], one).Seconds, 1e-12);
        Assert.Equal(Bound.Memory, roofline.Cost(Graph.Moments[0], one).Bound);
        Assert.Equal(16e-3 + 1e-6, roofline.Cost(Graph.Moments[0], prompt).Seconds, 1e-12);
        Assert.Equal(Bound.Compute, roofline.Cost(Graph.Moments[0], prompt).Bound);
        // 100 tokens of 1000 bytes and 100 pairs of 1000 operations.
        Assert.Equal(1e-4 + 1e-5 + 1e-6, roofline.Cost(Graph.Moments[1], one).Seconds, 1e-12);
        // One row needs no team, 64 share the work of two threads.
        Assert.Equal(1e-6, roofline.Cost(Graph.Moments[2], one).Seconds, 1e-12);
        Assert.Equal(32e-6 + 1e-6, roofline.Cost(Graph.Moments[2], prompt).Seconds, 1e-12);

        Prediction prediction = new CostModel(Graph, Profile).Predict(one);
        Assert.Equal(2e-3 + 1e-6 + 1.11e-4 + 1e-6, prediction.Seconds, 1e-9);
        Assert.InRange(prediction.Seconds, prediction.Low, prediction.High);
    }

    [Fact]
    public void A_product_from_memory_costs_something_a_call()
    {
        MachineProfile slow = Profile with { Barriers = [Profile.Barriers[0] with { ProductSeconds = 5e-6 }] };
        GraphMoment twice = Graph.Moments[0] with { Calls = 2 };
        double Overhead(MachineProfile profile) => new Roofline(profile, Graph.WeightBytes).Cost(twice, CycleShape.Generation(1, 1)).OverheadSeconds;
        Assert.Equal(2 * (1e-6 + 5e-6), Overhead(slow), 1e-12);
        // Weights that stay in the cache begin at once.
        Assert.Equal(2 * 1e-6, Overhead(slow with { CacheBytes = 1 << 30 }), 1e-12);
    }

    [Fact]
    public void Between_measured_rows_the_time_is_a_straight_line()
    {
        var roofline = new Roofline(Profile with { CacheBytes = 1 << 30 }, Graph.WeightBytes);
        double At(int rows) => roofline.Cost(Graph.Moments[0], CycleShape.Prefill(rows)).ComputeSeconds;
        Assert.Equal(1e-3, At(1), 1e-9);
        Assert.Equal(1e-3 + (16e-3 - 1e-3) * 31 / 63, At(32), 1e-9);
        Assert.Equal(2 * At(64), At(128), 1e-9);
    }

    [Fact]
    public void A_model_that_is_slower_than_the_profile_says_is_learned()
    {
        var cost = new CostModel(Graph, Profile);
        var profile = new CostModel(Graph, Profile);
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            CycleShape shape = i % 3 == 0 ? CycleShape.Prefill(random.Next(16, 300)) : CycleShape.Generation(1, random.Next(1, 1000));
            // Every tenth cycle is held up.
            double noise = 1 + 0.02 * (random.NextDouble() - 0.5), held = i % 10 == 9 ? 3 : 1;
            cost.Learn(shape, profile.Predict(shape).Seconds * 1.3 * noise * held);
        }

        foreach (CycleShape unseen in (CycleShape[])[CycleShape.Prefill(400), CycleShape.Generation(1, 1500)])
            Assert.Equal(1.3, cost.Predict(unseen).Seconds / profile.Predict(unseen).Seconds, 0.06);
        Assert.Equal(300, cost.Learned);
    }

    [Fact]
    public void Intervals_hold_about_nine_times_of_ten()
    {
        var cost = new CostModel(Graph, Profile);
        var profile = new CostModel(Graph, Profile);
        var random = new Random(2);
        int inside = 0;
        const int Warm = 300, Counted = 2000;
        for (int i = 0; i < Warm + Counted; i++)
        {
            CycleShape shape = CycleShape.Generation(1, random.Next(1, 500));
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            double seconds = profile.Predict(shape).Seconds * 1.1 * Math.Exp(0.05 * normal);
            Prediction prediction = cost.Predict(shape);
            if (i >= Warm && seconds >= prediction.Low && seconds <= prediction.High) inside++;
            cost.Learn(shape, seconds);
        }

        Assert.InRange((double)inside / Counted, 0.85, 0.95);
    }

    [Fact]
    public void What_was_learned_is_carried_to_another_machine_with_a_wider_interval()
    {
        var cost = new CostModel(Graph, Profile);
        var profile = new CostModel(Graph, Profile);
        CycleShape shape = CycleShape.Generation(1, 200);
        cost.Learn([.. Enumerable.Repeat((shape, profile.Predict(shape).Seconds * 1.3), 40)]);
        MachineProfile slower = Profile.Scaled(Profile.ReadBytesPerSecond / 2, null);
        Prediction own = cost.Predict(shape), other = cost.For(Graph, slower).Predict(shape);
        Assert.Equal(1.3, other.Seconds / new CostModel(Graph, slower).Predict(shape).Seconds, 0.06);
        Assert.True(other.High / other.Seconds > own.High / own.Seconds);

        // Neither knows what the other learns from then on.
        CostModel carried = cost.For(Graph, Profile);
        for (int i = 0; i < 100; i++) carried.Learn(shape, 10 * own.Seconds);
        Assert.Equal(own, cost.Predict(shape));
    }

    [Fact]
    public void Half_the_bandwidth_and_half_the_flops_take_twice_the_time()
    {
        MachineProfile free = Profile with { Barriers = [new BarrierCost(1, default)] };
        MachineProfile half = free.Scaled(free.ReadBytesPerSecond / 2, free.FlopsPerSecond / 2);
        Assert.Equal((free.ReadBytesPerSecond / 2, free.FlopsPerSecond / 2), (half.ReadBytesPerSecond, half.FlopsPerSecond));
        Assert.Same(free, free.Scaled(null, null));
        foreach (CycleShape shape in (CycleShape[])[CycleShape.Prefill(100), CycleShape.Generation(4, 300)])
            Assert.Equal(2, new CostModel(Graph, half).Predict(shape).Seconds / new CostModel(Graph, free).Predict(shape).Seconds, 1e-9);
    }

    [Fact]
    public void What_cannot_be_predicted_or_learned_is_refused()
    {
        Assert.Contains("calibrate", Assert.Throws<ArgumentException>(() => new CostModel(Graph, new MachineProfile(1, 1, 1))).Message);
        var cost = new CostModel(Graph, Profile);
        foreach (double seconds in (double[])[0, -1, double.NaN, double.PositiveInfinity])
            Assert.Throws<ArgumentOutOfRangeException>(() => cost.Learn(CycleShape.Prefill(1), seconds));
        Assert.Throws<ArgumentException>(() => Measured.Of([]));
    }
}
