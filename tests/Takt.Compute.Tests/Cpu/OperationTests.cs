using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Cpu;

public sealed unsafe class OperationTests
{
    private const double Exact = 1e-12;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 64)]
    [InlineData(2, 83)]
    public void Norms(int rows, int width)
    {
        using var x = new TestRows(rows, width, new Random(1));
        using var weight = new TestRows(1, width, new Random(2));
        using var bias = new TestRows(1, width, new Random(3));
        Tiers.Check(backend => Into(rows, width, y => backend.RmsNorm(x.View, weight.Data, 1e-5f, y)), Exact);
        Tiers.Check(backend => Into(rows, width, y => backend.LayerNorm(x.View, weight.Data, bias.Data, 1e-2f, y)), Exact);
        Tiers.Check(backend => Into(rows, width, y => backend.LayerNorm(x.View, weight.Data, null, 1e-2f, y)), Exact);
    }

    [Theory]
    [InlineData(2, 8)]
    [InlineData(3, 16)]
    [InlineData(5, 24)]
    public void Norms_of_heads(int heads, int size)
    {
        using var weight = new TestRows(1, size, new Random(2));
        Tiers.Check(backend => Changed(3, heads * size, 4, x => backend.HeadNorm(x, size, weight.Data, 1e-5f)), Exact);
    }

    [Theory]
    [InlineData(8, 8, true)]
    [InlineData(8, 8, false)]
    [InlineData(64, 64, false)]
    [InlineData(80, 36, false)]
    [InlineData(80, 40, true)]
    public void Rotations(int headSize, int ropeSize, bool interleaved)
    {
        using var angles = new TestRows(3, 2 * Rows.Pad(ropeSize / 2), new Random(5));
        Tiers.Check(backend => Changed(3, 2 * headSize, 6, x => backend.Rope(x, headSize, ropeSize, interleaved, angles.View)), Exact);
    }

    [Theory]
    [InlineData(Activation.SwiGlu)]
    [InlineData(Activation.GeGlu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.SwiGluOai)]
    public void Activations(Activation kind)
    {
        using var gate = new TestRows(2, 77, new Random(7), 4);
        Tiers.Check(backend => Changed(2, 77, 8, up => backend.Activate(kind, gate.View, up)), 1e-11);
    }

    [Fact]
    public void Residuals_scales_and_caps()
    {
        using var x = new TestRows(2, 45, new Random(9), 20);
        Tiers.Check(backend => Changed(2, 45, 10, y => backend.AddScaled(x.View, 0.37f, y)), Exact);
        Tiers.Check(backend => Changed(2, 45, 10, y => backend.ScaleAndCap(y, 3f, 0)), Exact);
        Tiers.Check(backend => Changed(2, 45, 10, y => backend.ScaleAndCap(y, 30f, 5)), 1e-11);
    }

    public static TheoryData<int, int, int, int, int, int, KvType> Shapes => new()
    {
        // heads, kv heads, head size, first position, rows, window, half
        { 1, 1, 8, 0, 1, 0, KvType.F32 },
        { 4, 2, 16, 0, 37, 0, KvType.F32 },
        { 6, 2, 24, 61, 3, 0, KvType.F32 },
        { 4, 4, 20, 90, 5, 16, KvType.F32 },
        { 4, 1, 32, 31, 70, 33, KvType.F32 },
        { 4, 2, 16, 40, 9, 0, KvType.F16 },
        { 4, 2, 40, 33, 6, 0, KvType.BF16 },
        { 4, 2, 40, 33, 6, 0, KvType.Q8_0 },
        { 6, 3, 64, 1100, 1, 0, KvType.F32 },
        { 6, 3, 64, 1100, 1, 600, KvType.F16 },
        { 6, 3, 64, 500, 40, 0, KvType.Q8_0 },
        { 2, 1, 16, 1000, 90, 70, KvType.F32 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention(int heads, int kvHeads, int size, int first, int rows, int window, KvType type)
    {
        using var sinks = new TestRows(1, heads, new Random(11));
        var plain = new AttentionShape(heads, 0.3f, 0, window, 0);
        Tiers.Check(backend => Attend(backend, plain, kvHeads, size, first, rows, type), type == KvType.Q8_0 ? 1e-7 : 1e-11);
        var rich = new AttentionShape(heads, 0.3f, 2f, window, (nint)sinks.Data);
        Tiers.Check(backend => Attend(backend, rich, kvHeads, size, first, rows, type), type == KvType.Q8_0 ? 1e-7 : 1e-11);
    }

    [Fact]
    public void Attention_of_a_row_does_not_depend_on_the_chunk()
    {
        var shape = new AttentionShape(6, 0.3f, 0, 0, 0);
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using TestRows whole = Attend(backend, shape, 2, 24, 0, 75, KvType.F32);
            using TestRows tail = Attend(backend, shape, 2, 24, 70, 5, KvType.F32);
            Assert.Equal(whole.ToArray()[^tail.ToArray().Length..], tail.ToArray());
        }
    }

    [Fact]
    public void Attention_of_a_row_does_not_depend_on_the_batch_the_chunk_or_the_threads_across_partitions()
    {
        var shape = new AttentionShape(4, 0.3f, 0, 0, 0);
        using var lonely = new Team(1);
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier), single = Backends.Create(lonely, tier);
            using TestRows whole = Attend(backend, shape, 2, 32, 1020, 20, KvType.F16);
            using TestRows split = Attend(backend, shape, 2, 32, 1039, 1, KvType.F16); // partitions are pieces of their own
            using TestRows alone = Attend(single, shape, 2, 32, 1039, 1, KvType.F16);
            Assert.Equal(whole.ToArray()[^128..], split.ToArray());
            Assert.Equal(split.ToArray(), alone.ToArray());
        }
    }

    [Fact]
    public void Sequences_of_a_batch_attend_to_their_own_past_only()
    {
        const int Heads = 4, KvHeads = 2, Size = 32, First = 600;
        long bytes = KvLayer.HeadBytes(KvType.F32, Size) * KvHeads * 40;
        using var q = new TestRows(First + 1, Heads * Size, new Random(21));
        using var k = new TestRows(First + 1, KvHeads * Size, new Random(22));
        using var v = new TestRows(First + 1, KvHeads * Size, new Random(23));
        var shape = new AttentionShape(Heads, 0.3f, 0, 0, 0);
        int[] even = [.. Enumerable.Range(0, 20).Select(i => 2 * i)], odd = [.. Enumerable.Range(0, 20).Select(i => 2 * i + 1)];
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using NativeBuffer keys = new(bytes), values = new(bytes);
            var layer = new KvLayer((nint)keys.Bytes, (nint)values.Bytes, KvHeads, Size, KvType.F32);
            using TestRows y = new(First + 1, Heads * Size), together = new(First + 1, Heads * Size);
            // The last row is a sequence of its own in the second call; both sequences hold the same past.
            backend.KvStore(k.View, v.View, [new BatchSlice(0, First + 1, 0, even)], layer);
            backend.KvStore(k.View, v.View, [new BatchSlice(0, First + 1, 0, odd)], layer);
            backend.Attention(q.View, [new BatchSlice(0, First + 1, 0, even)], layer, shape, y.View);
            backend.Attention(q.View, [new BatchSlice(0, First, 0, even), new BatchSlice(First, 1, First, odd)], layer, shape, together.View);
            Assert.Equal(y.ToArray(), together.ToArray());
        }
    }

    [Theory]
    [InlineData(KvType.F32, float.NaN)]
    [InlineData(KvType.BF16, float.PositiveInfinity)]
    [InlineData(KvType.F16, 1e6f)]
    [InlineData(KvType.Q8_0, 1e6f)]
    public void Attention_of_a_row_does_not_see_later_values(KvType type, float spoiled)
    {
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using TestRows clean = Attend(backend, new AttentionShape(2, 0.3f, 0, 0, 0), 2, 16, 0, 7, type);
            using TestRows spoilt = Attend(backend, new AttentionShape(2, 0.3f, 0, 0, 0), 2, 16, 0, 7, type, spoiled);
            Assert.Equal(clean.ToArray()[..(6 * 32)], spoilt.ToArray()[..(6 * 32)]);
        }
    }

    // Rows before the first come from the same seeds, so that different splits see the same history.
    private static TestRows Attend(
        Backend backend, AttentionShape shape, int kvHeads, int size, int first, int rows, KvType type, float? spoiled = null)
    {
        int total = first + rows, count = (total + KvLayer.BlockTokens - 1) / KvLayer.BlockTokens;
        int[] blocks = [.. Enumerable.Range(0, count).Reverse()];
        using var keys = new NativeBuffer(count * kvHeads * KvLayer.HeadBytes(type, size));
        using var values = new NativeBuffer(keys.Length);
        var layer = new KvLayer((nint)keys.Bytes, (nint)values.Bytes, kvHeads, size, type);
        using var q = new TestRows(total, shape.Heads * size, new Random(21));
        using var k = new TestRows(total, kvHeads * size, new Random(22));
        using var v = new TestRows(total, kvHeads * size, new Random(23));
        if (spoiled is { } last) v.View.Span(total - 1).Fill(last);
        if (first > 0) backend.KvStore(k.View, v.View, [new BatchSlice(0, first, 0, blocks)], layer);
        backend.KvStore(k.View, v.View, [new BatchSlice(first, rows, first, blocks)], layer);
        using var y = new TestRows(total, shape.Heads * size);
        backend.Attention(q.View, [new BatchSlice(first, rows, first, blocks)], layer, shape, y.View);
        var result = new TestRows(rows, shape.Heads * size);
        for (int i = 0; i < rows; i++) y.View.Span(first + i).CopyTo(result.View.Span(i));
        return result;
    }

    private static TestRows Into(int rows, int width, Action<Rows> run)
    {
        var y = new TestRows(rows, width);
        run(y.View);
        return y;
    }

    private static TestRows Changed(int rows, int width, int seed, Action<Rows> run)
    {
        var y = new TestRows(rows, width, new Random(seed), 2);
        run(y.View);
        return y;
    }
}
