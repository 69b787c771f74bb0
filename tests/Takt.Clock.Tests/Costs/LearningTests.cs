using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Costs;

/// <summary>What is learned of machines whose true costs are known.</summary>
public class LearningTests
{
    private static readonly CycleShape[] _fitted =
    [
        CycleShape.Prefill(32), CycleShape.Prefill(96), CycleShape.Prefill(256),
        CycleShape.Generation(1, 32), CycleShape.Generation(1, 512), CycleShape.Generation(2, 64), CycleShape.Generation(4, 64),
    ];

    private static readonly CycleShape[] _unseen =
        [CycleShape.Prefill(48), CycleShape.Prefill(128), CycleShape.Generation(1, 200), CycleShape.Generation(3, 64), CycleShape.Generation(2, 200)];

    private static CostModel New() => new(CostModelTests.Graph, CostModelTests.Profile);

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    [Fact]
    public void A_short_run_recovers_what_parts_of_a_machine_really_cost()
    {
        // Memory, computing and attention of the machine are off by factors of their own.
        MachineProfile profile = CostModelTests.Profile, truth = profile with
        {
            Products = [.. profile.Products.Select(rate => rate with
            {
                MacsPerSecond = rate.MacsPerSecond with { Median = rate.MacsPerSecond.Median / (rate.FromMemory ? 1.4 : 0.8) },
                BytesPerSecond = rate.BytesPerSecond / (rate.FromMemory ? 1.4 : 0.8),
            })],
            Attentions = [.. profile.Attentions.Select(rate => rate with { SecondsPerByte = 1.5 * rate.SecondsPerByte, SecondsPerFlop = 1.5 * rate.SecondsPerFlop })],
        };
        var machine = new CostModel(CostModelTests.Graph, truth);
        CostModel cost = New();
        cost.Learn([.. _fitted.Select(shape => (shape, machine.Predict(shape).Seconds))]);
        double Error(CostModel model, CycleShape shape) => Math.Abs(model.Predict(shape).Seconds / machine.Predict(shape).Seconds - 1);
        Assert.All(_unseen, shape => Assert.InRange(Error(cost, shape), 0, 0.07));
        Assert.True(_unseen.Average(shape => Error(New(), shape)) > 0.2);
    }

    [Fact]
    public void Intervals_after_a_short_run_hold_about_nine_of_ten_unseen_kinds()
    {
        var random = new Random(3);
        int inside = 0, counted = 0;
        CostModel machine = New();
        for (int trial = 0; trial < 200; trial++)
        {
            // What a kind takes is off by its own 8 %, run or not.
            CostModel cost = New();
            double Time(CycleShape shape) => machine.Predict(shape).Seconds * 1.2 * Math.Exp(0.08 * Normal(random));
            cost.Learn([.. _fitted.Select(shape => (shape, Time(shape)))]);
            foreach (CycleShape shape in _unseen)
            {
                counted++;
                if (cost.Predict(shape).Holds(Time(shape))) inside++;
            }
        }

        Assert.InRange((double)inside / counted, 0.85, 0.97);
    }

    [Fact]
    public void A_long_text_makes_nobody_forget_prompts()
    {
        CostModel cost = New(), profile = New();
        CycleShape prompt = CycleShape.Prefill(128), token = CycleShape.Generation(1, 100);
        for (int i = 0; i < 50; i++) cost.Learn(prompt, 1.5 * profile.Predict(prompt).Seconds);
        for (int i = 0; i < 5000; i++) cost.Learn(token, 0.9 * profile.Predict(token).Seconds);
        Assert.Equal(1.5, cost.Predict(prompt).Seconds / profile.Predict(prompt).Seconds, 0.05);
        Assert.Equal(0.9, cost.Predict(token).Seconds / profile.Predict(token).Seconds, 0.02);
    }

    [Fact]
    public void Each_number_of_threads_is_learned_by_itself()
    {
        CostModel cost = New(), profile = New();
        double Off(CostModel model, int threads) =>
            model.Predict(_unseen[2] with { Threads = threads }).Seconds / profile.Predict(_unseen[2] with { Threads = threads }).Seconds;
        (CycleShape, double)[] Run(int threads, double factor) =>
            [.. _fitted.Select(shape => shape with { Threads = threads }).Select(shape => (shape, factor * profile.Predict(shape).Seconds))];
        cost.Learn(Run(2, 1.4));
        Assert.Equal(1.4, Off(cost, 2), 0.05);
        // Of one thread nothing is known yet: the profile speaks, with all its doubt.
        CycleShape one = _unseen[2] with { Threads = 1 };
        Assert.Equal(profile.Predict(one), cost.Predict(one));

        cost.Learn([.. Run(1, 0.8), .. Run(2, 1.4)]);
        Assert.Equal((0.8, 1.4), (Math.Round(Off(cost, 1), 1), Math.Round(Off(cost, 2), 1)));
        CostModel carried = cost.For(CostModelTests.Graph, CostModelTests.Profile);
        Assert.Equal((Off(cost, 1), Off(cost, 2)), (Off(carried, 1), Off(carried, 2)));
        Assert.Equal(3 * _fitted.Length, cost.Learned);
    }

    [Fact]
    public void A_first_cycle_that_compiles_methods_spoils_little()
    {
        CostModel cost = New(), profile = New();
        CycleShape prompt = CycleShape.Prefill(64);
        cost.Learn(prompt, 10 * profile.Predict(prompt).Seconds);
        Assert.InRange(cost.Predict(prompt).Seconds / profile.Predict(prompt).Seconds, 1, 1.15);
        // One that is always slow is believed soon.
        for (int i = 0; i < 20; i++) cost.Learn(prompt, 2 * profile.Predict(prompt).Seconds);
        Assert.Equal(2, cost.Predict(prompt).Seconds / profile.Predict(prompt).Seconds, 0.1);
    }

    [Fact]
    public void A_predictor_follows_a_machine_and_allocates_nothing_meanwhile()
    {
        CostModel profile = New();
        var predictor = new LearningPredictor(New(), 2);
        var work = new CycleWork(0, 1, 1, 1, 100, 100);
        double seconds = 1.3 * profile.Predict(CycleShape.Generation(1, 99) with { Threads = 2 }).Seconds;
        for (int i = 0; i < 200; i++)
        {
            Assert.NotNull(predictor.Predict(work));
            predictor.Learn(work, seconds);
        }

        Assert.Equal(seconds, predictor.Predict(work)!.Value.Seconds, 0.02 * seconds);
        Assert.Null(predictor.Predict(default));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            _ = predictor.Predict(work);
            predictor.Learn(work, seconds);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Narrow_matrices_cost_more_as_one_over_their_columns()
    {
        ProductRate[] rates =
        [
            .. CostModelTests.Profile.Products,
            // With 512 columns half as fast: 1 ns a weight more.
            new ProductRate("avx2", "q8_0", 2, 1, true, new Measured(5e8, 5e8, 0), 5e8) { Columns = 512 },
        ];
        var roofline = new Roofline(CostModelTests.Profile with { Products = rates }, CostModelTests.Graph.WeightBytes);
        GraphMoment moment = CostModelTests.Graph.Moments[0];
        double At(long columns) => roofline.Cost(
            moment with { Weights = [moment.Weights[0] with { Columns = columns, Bytes = 1 }] }, CycleShape.Generation(1, 1)).Seconds - 1e-6;
        Assert.Equal(1e-3, At(2048), 1e-9);
        Assert.Equal(2e-3, At(512), 1e-9);
        Assert.Equal(1e-3 + 1e-3 * (1.0 / 1024 - 1.0 / 2048) / (1.0 / 512 - 1.0 / 2048), At(1024), 1e-9);
    }

    [Fact]
    public void Between_rows_from_memory_the_time_follows_what_the_cache_showed()
    {
        // Four rows are a tile, which costs less than three rows one by one.
        ProductRate Rate(int rows, double nanoseconds, bool fromMemory) =>
            new("avx2", "q8_0", 2, rows, fromMemory, new Measured(1e9 * rows / nanoseconds, 1e9 * rows / nanoseconds, 0), 1e12);
        var roofline = new Roofline(
            CostModelTests.Profile with
            {
                Products = [Rate(1, 1, false), Rate(2, 2, false), Rate(3, 3, false), Rate(4, 2.5, false), Rate(1, 2, true), Rate(4, 3, true)],
            },
            CostModelTests.Graph.WeightBytes);
        double At(int rows) => roofline.Cost(CostModelTests.Graph.Moments[0], CycleShape.Generation(rows, 1)).Seconds - 1e-6;
        // One row waits a nanosecond for each of a million weights, four rows half of that.
        Assert.Equal([2e-3, 2e-3 + 5.0 / 6 * 1e-3, 3e-3 + 2.0 / 3 * 1e-3, 3e-3, 5.5e-3], ((int[])[1, 2, 3, 4, 8]).Select(At), Close);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    [Fact]
    public void Passes_are_merged_by_their_medians_and_tell_how_steady_the_machine_is()
    {
        MachineProfile At(double speed) => CostModelTests.Profile with
        {
            Products =
            [
                new("avx2", "q8_0", 2, 1, false, new Measured(1e9 * speed, 2e9 * speed, 0.01), 1e9 * speed),
                new("avx2", "q8_0", 1, 1, false, new Measured(1e9, 1e9, 0.01), 1e9),
                // Measured in one pass only.
                .. speed == 1 ? (ProductRate[])[new("sse", "q8_0", 4, 1, false, new Measured(1e9, 1e9, 0.01), 1e9)] : [],
            ],
        };
        MachineProfile merged = ProfilePasses.Merge([At(1), At(Math.E), At(1 / Math.E)]);
        ProductRate rate = Assert.Single(merged.Products, static rate => rate.Threads == 2);
        Assert.Equal((1e9, 2e9 * Math.E), (rate.MacsPerSecond.Median, rate.MacsPerSecond.Best));
        // The logarithms are 0, 1 and -1.
        Assert.Equal([1, 2], merged.Unsteadiness.Select(static one => one.Threads));
        Assert.Equal((0, 1), (Math.Round(merged.UnsteadinessOf(1), 9), Math.Round(merged.UnsteadinessOf(2), 9)));
        Assert.Equal(merged.UnsteadinessOf(2), merged.UnsteadinessOf(7));
        Assert.Equal(CostModelTests.Profile.Attentions, merged.Attentions);
        MachineProfile single = ProfilePasses.Merge([At(1)]);
        Assert.Empty(single.Unsteadiness);
        Assert.Equal(0, single.UnsteadinessOf(2));
        Assert.Throws<ArgumentException>(() => ProfilePasses.Merge([]));
    }

    [Fact]
    public void Intervals_are_as_wide_as_the_machine_was_unsteady_with_so_many_threads()
    {
        MachineProfile steady = CostModelTests.Profile, shared = steady with { Unsteadiness = [new(1, 0), new(2, 1)] };
        CycleShape shape = CycleShape.Generation(1, 50);
        double Width(CostModel model, int threads)
        {
            Prediction said = model.Predict(shape with { Threads = threads });
            return said.High / said.Seconds;
        }

        CostModel cost = new(CostModelTests.Graph, shared), known = new(CostModelTests.Graph, steady);
        Assert.Equal(Width(known, 1), Width(cost, 1), 1e-9);
        Assert.True(Width(cost, 2) > Math.E);
        // What is carried over to a machine has that machine's.
        cost.Learn([(shape with { Threads = 1 }, 1e-3), (shape with { Threads = 2 }, 1e-3)]);
        CostModel carried = cost.For(CostModelTests.Graph, shared);
        Assert.True(Width(carried, 1) < 1.5 && Width(carried, 2) > Math.E);
    }

    [Fact]
    public void Predictions_are_held_against_what_cycles_took()
    {
        var ledger = new Ledger();
        foreach (Prediction? said in (Prediction?[])[new Prediction(1, 0, 2), new Prediction(1, 0.5, 2), null])
        {
            CycleProbe probe = ledger.Begin();
            ledger.End(ref probe, new CycleWork(0, 1, 1, 1, 1, 1), prediction: said);
        }

        CycleRecord[] cycles = [.. ledger.Snapshot().Recent];
        PredictionCheck? check = PredictionCheck.Of(cycles);
        Assert.Equal((2, 0.5), (check!.Cycles, check.Inside));
        Assert.Equal(cycles[..2].Average(cycle => Math.Abs(1 / cycle.WallSeconds - 1)), check.MeanError, 1e-9 * check.MeanError);
        Assert.Null(PredictionCheck.Of(cycles[2..]));
    }
}
