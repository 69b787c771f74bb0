using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Testing;

namespace Takt.Models.Tests;

/// <summary>Counted bytes and operations against the architecture's formula, written out here once more.</summary>
public class CountedWorkTests
{
    private const long Hidden = 256, Queries = 512, Keys = 256, FeedForward = 512, Vocabulary = 512, Layers = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Counts_are_those_of_the_formula(int threads)
    {
        // A prompt of 40 rows from its beginning and one row at position 70; logits of the last rows.
        const long Rows = 41, Outputs = 2, Seen = 40 * 41 / 2 + 71, Positions = 40 + 71;
        LedgerSnapshot snapshot = Run(threads);

        const long layerWeights = Hidden * (Queries + 2 * Keys) + Queries * Hidden + 3 * Hidden * FeedForward;
        const long attention = 4 * Seen * Queries; // a product with keys and one with values
        const long small = Rows * (2 * 4 * Hidden + 3 * (Queries + Keys) + 2 * 2 * Hidden + 5 * FeedForward); // norms, rotation, sums, SwiGLU
        const long flops = Layers * (2 * Rows * layerWeights + attention + small) + Outputs * (2 * Hidden * Vocabulary + 4 * Hidden);
        AssertWithin(0.01, flops, snapshot.Moments.Sum(m => m.Flops));

        const long kv = 2 * Keys * 2; // bytes of a token's keys and values in F16
        const long products = Rows * (Hidden + Queries + 2 * Keys + Queries + Hidden + Hidden + 2 * FeedForward + FeedForward + Hidden);
        const long others = Rows * (2 * Queries // attention's queries and results
            + 2 * 2 * Hidden + 2 * (Queries + Keys) + 2 * Keys + 2 * 3 * Hidden + 3 * FeedForward); // norms, rotation, K and V to store, sums, SwiGLU
        const long floats = Layers * (layerWeights + products + others) + Outputs * (Hidden + Vocabulary + 2 * Hidden) + Hidden * Vocabulary
            + Rows * 2 * Hidden;
        AssertWithin(0.01, sizeof(float) * floats + Layers * kv * (Positions + Rows), snapshot.Moments.Sum(m => m.Bytes));
    }

    [Fact]
    public void Threads_are_watched_and_a_pass_without_probe_keeps_no_times()
    {
        using var team = new Team(2);
        using ModelFile file = RandomModel.Create("llama");
        using Backend backend = Backends.Create(team);
        using var model = new Transformer(file, backend);
        using KvCache cache = model.CreateCache(5, KvType.F16, 128);
        NoProbe none = default;
        model.Forward(TwoSequences(), cache, ref none);
        Assert.All(team.Counters.ToArray(), counter => Assert.Equal(0, counter));

        var ledger = new Ledger();
        model.Register(ledger);
        CycleProbe probe = ledger.Begin();
        model.Forward(TwoSequences(), cache, ref probe);
        ledger.End(ref probe, default);
        LedgerSnapshot snapshot = ledger.Snapshot();
        Assert.Equal(2, snapshot.BusyTicks.Count);
        Assert.Equal(snapshot.BusyTicks.Sum(), snapshot.Moments.Sum(m => m.BusyTicks));
        Assert.Equal(2 * snapshot.MomentTicks, snapshot.Moments.Sum(m => m.BusyTicks + m.WaitTicks));
        Assert.All(snapshot.Moments, m => Assert.InRange(m.Imbalance, 1, 2));
    }

    private static LedgerSnapshot Run(int threads)
    {
        using var team = new Team(threads);
        using ModelFile file = RandomModel.Create("llama");
        using Backend backend = Backends.Create(team);
        using var model = new Transformer(file, backend);
        using KvCache cache = model.CreateCache(5, KvType.F16, 128);
        var ledger = new Ledger();
        model.Register(ledger);
        CycleProbe probe = ledger.Begin();
        model.Forward(TwoSequences(), cache, ref probe);
        ledger.End(ref probe, default);
        return ledger.Snapshot();
    }

    private static Batch TwoSequences()
    {
        var batch = new Batch();
        batch.Tokens.AddRange(Enumerable.Range(0, 41));
        batch.Slices.Add(new BatchSlice(0, 40, 0, [0, 1]));
        batch.Slices.Add(new BatchSlice(40, 1, 70, [2, 3, 4]));
        batch.OutputRows.AddRange([39, 40]);
        return batch;
    }

    private static void AssertWithin(double share, long expected, long actual) =>
        Assert.InRange(actual, (long)(expected * (1 - share)), (long)(expected * (1 + share)));
}
