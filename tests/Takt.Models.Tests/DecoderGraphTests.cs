using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Testing;

namespace Takt.Models.Tests;

public class DecoderGraphTests
{
    public static TheoryData<string> Architectures => [.. RandomModel.Architectures];

    // Written from the papers' formulas, with the weights' F32 in four bytes and nothing from the graph.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 0)]
    [InlineData(3, 40)]
    public void A_llama_costs_what_its_formula_says(int rows, int stored)
    {
        var size = new RandomModelSize();
        using ModelFile file = RandomModel.Create("llama", size);
        using var team = new Team(1);
        using Backend backend = Backends.Create(team);
        ModelGraph graph = Transformer.Graph(file, backend, KvType.F32);
        long h = size.Hidden, q = size.Heads * size.HeadSize, k = size.KvHeads * size.HeadSize, f = size.FeedForward, v = size.Vocabulary;
        long layer = h * (q + 2 * k) + q * h + 3 * h * f, matrices = size.Layers * layer + h * v;
        Assert.Equal(4 * matrices, graph.WeightBytes);
        Assert.Equal(file.Tensors.Sum(tensor => tensor.Count), graph.Parameters);
        Assert.Equal(size.Layers, graph.Layers);

        MomentWork work = graph.Work(CycleShape.Prefill(rows, stored));
        long pairs = 0;
        for (int i = 0; i < rows; i++) pairs += stored + i + 1;
        double flops = 2.0 * rows * size.Layers * layer + 2.0 * h * v + 4.0 * pairs * q * size.Layers;
        Assert.Equal(1, work.Flops / flops, 0.01);
        // Read for all stored tokens, and written for the new ones.
        Assert.Equal(2L * size.Layers * k * 4 * (stored + rows + rows), work.KvBytes);
        // Twelve operations a layer: two norms, qkv, rope, KV, attention, output, two sums, gate and up, activation, down.
        Assert.Equal((long)rows * size.Layers * 12, graph.Operations(CycleShape.Prefill(rows, stored)));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_ledger_counts_what_the_graph_says(string architecture)
    {
        using ModelFile file = RandomModel.Create(architecture);
        using var team = new Team(2);
        using Backend backend = Backends.Create(team);
        ModelGraph described = Transformer.Graph(file, backend, KvType.Q8_0);
        using var model = new Transformer(file, backend);
        Assert.Equal(described.Parameters, model.Graph(KvType.Q8_0).Parameters);
        var ledger = new Ledger();
        model.Register(ledger);
        using KvCache cache = model.CreateCache(4, KvType.Q8_0, 64);
        var batch = new Batch();
        batch.Slices.Add(new BatchSlice(0, 20, 0, [0]));
        batch.Slices.Add(new BatchSlice(20, 1, 0, [1]));
        batch.Tokens.AddRange(Enumerable.Range(0, 21));
        batch.OutputRows.AddRange([19, 20]);
        CycleProbe probe = ledger.Begin();
        model.Forward(batch, cache, ref probe);
        ledger.End(ref probe, default);

        var shape = new CycleShape([new SequenceShape(20, 0, 1), new SequenceShape(1, 0, 1)]);
        Dictionary<Moment, MomentTotals> counted = ledger.Snapshot().Moments.ToDictionary(totals => totals.Moment);
        Assert.Equal(described.Moments.Select(moment => moment.Moment).ToHashSet(), counted.Keys.ToHashSet());
        foreach (GraphMoment moment in described.Moments)
        {
            MomentWork work = moment.Work(shape);
            MomentTotals totals = counted[moment.Moment];
            Assert.Equal(1, totals.Time.Count);
            Assert.Equal(work.Flops, totals.Flops);
            // Which experts are chosen is known afterwards only.
            if (moment.Experts == 0) Assert.Equal(work.Bytes, totals.Bytes);
            else Assert.InRange(totals.Bytes, work.Bytes - moment.WeightBytes, work.Bytes + moment.WeightBytes);
        }
    }

    [Fact]
    public void Arrows_lead_from_earlier_moments_to_later_ones()
    {
        using ModelFile file = RandomModel.Create("qwen3moe");
        using var team = new Team(1);
        using Backend backend = Backends.Create(team);
        ModelGraph graph = Transformer.Graph(file, backend, KvType.F16);
        for (int i = 0; i < graph.Moments.Count; i++) Assert.All(graph.Moments[i].Inputs, input => Assert.InRange(input, 0, i - 1));
        // Only the first two moments take nothing, and only the logits' result leaves.
        Assert.Equal(2, graph.Moments.Count(moment => moment.Inputs.Count == 0));
        IEnumerable<int> used = graph.Moments.SelectMany(moment => moment.Inputs).Distinct();
        Assert.Equal([graph.Moments.Count - 1], Enumerable.Range(0, graph.Moments.Count).Except(used));
    }
}
