using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Cpu;

public sealed unsafe class MatMulTests
{
    public static TheoryData<string> Formats => [.. WeightFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Products_are_near_the_reference_and_alike_on_every_tier(string name)
    {
        WeightFormat format = WeightFormat.Find(name)!;
        var random = new Random(7);
        int unit = Math.Max(format.BlockValues, 1);
        foreach ((int rows, int blocks, int inputs) in new[] { (1, 1, 1), (5, 3, 1), (16, 1, 2), (67, 2, 1), (131, 1, 5), (64, 2, 9), (21, 33, 6) })
        {
            int columns = unit == 1 ? (37 * blocks) + 3 : unit * blocks;
            using NativeBuffer weights = Weights(format, rows, columns, random);
            using var x = new TestRows(inputs, columns, random);
            using var bias = new TestRows(1, rows, random);
            // Int8 activations carry an error of their own; floats differ by rounding only.
            double bound = unit == 1 ? 1e-12 : 5e-4;
            Tiers.Check(backend => Multiply(backend, format, weights, rows, x, bias), bound);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_row_does_not_depend_on_its_neighbours_or_the_threads(string name)
    {
        WeightFormat format = WeightFormat.Find(name)!;
        var random = new Random(8);
        int columns = 512;
        const int Rows = 150;
        using NativeBuffer weights = Weights(format, Rows, columns, random);
        using var x = new TestRows(7, columns, random);
        using var bias = new TestRows(1, Rows, random);
        using var lonely = new Team(1);
        using Backend one = Backends.Create(lonely), two = Backends.Create(Tiers.Team);
        using TestRows together = Multiply(two, format, weights, Rows, x, bias);
        for (int i = 0; i < 7; i++)
        {
            using var single = new TestRows(1, columns);
            x.View.Span(i).CopyTo(single.View.Span(0));
            using TestRows alone = Multiply(one, format, weights, Rows, single, bias);
            Assert.Equal(together.View.Span(i).ToArray(), alone.View.Span(0).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Sums_of_the_largest_products_are_exact_on_every_tier(string name)
    {
        WeightFormat format = WeightFormat.Find(name)!;
        var random = new Random(10);
        const int Rows = 18, Columns = 512;
        using var x = new TestRows(5, Columns);
        for (int k = 0; k < Columns; k++)
        {
            for (int i = 0; i < 5; i++) x.View.Span(i)[k] = i == 4 || random.Next(2) == 0 ? 1 : -1;
        }

        // Rows follow the signs of an input or their opposite, all with the largest codes: nothing in a dot cancels.
        using var weights = new NativeBuffer(format.Bytes(Rows * Columns));
        float[] values = [.. Enumerable.Range(0, Rows * Columns).Select(i => (i / Columns % 2 == 0 ? 1 : -1) * x.View.Span(i / Columns % 5)[i % Columns])];
        fixed (float* source = values) format.Quantize(source, weights.Bytes, values.Length);
        using var bias = new TestRows(1, Rows);
        Tiers.Check(backend => Multiply(backend, format, weights, Rows, x, bias), 1e-6);
    }

    [Fact]
    public void Products_with_shared_and_own_inputs_run_together()
    {
        var random = new Random(9);
        using NativeBuffer a = Weights(WeightFormat.Find("q8_0")!, 40, 64, random), b = Weights(WeightFormat.F32, 24, 64, random);
        using NativeBuffer c = Weights(WeightFormat.Find("q4_0")!, 33, 96, random);
        using var x = new TestRows(3, 64, random);
        using var z = new TestRows(2, 96, random);
        Tiers.Check(
            backend =>
            {
                using Matrix first = backend.Load(WeightFormat.Find("q8_0")!, (nint)a.Bytes, 40, 64);
                using Matrix second = backend.Load(WeightFormat.F32, (nint)b.Bytes, 24, 64);
                using Matrix third = backend.Load(WeightFormat.Find("q4_0")!, (nint)c.Bytes, 33, 96);
                using var y1 = new TestRows(3, 40);
                using var y2 = new TestRows(3, 24);
                using var y3 = new TestRows(2, 33);
                backend.MatMul([new(first, x.View, y1.View), new(second, x.View, y2.View), new(third, z.View, y3.View)]);
                float[] all = [.. y1.ToArray(), .. y2.ToArray(), .. y3.ToArray()];
                var result = new TestRows(1, all.Length);
                all.CopyTo(result.View.Span(0));
                return result;
            },
            5e-4);
    }

    [Theory]
    [InlineData("iq4_xs", "q5_k")]
    [InlineData("q5_k", "iq4_xs")]
    [InlineData("q8_0", "q6_k")]
    public void Formats_that_take_activations_in_different_forms_share_an_input(string one, string other)
    {
        const int Outputs = 20, Columns = 512, Count = 5;
        var random = new Random(11);
        WeightFormat first = WeightFormat.Find(one)!, last = WeightFormat.Find(other)!;
        using NativeBuffer a = Weights(first, Outputs, Columns, random), b = Weights(last, Outputs, Columns, random);
        using var x = new TestRows(Count, Columns, random);
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using Matrix w = backend.Load(first, (nint)a.Bytes, Outputs, Columns), v = backend.Load(last, (nint)b.Bytes, Outputs, Columns);
            using TestRows y = new(Count, Outputs), z = new(Count, Outputs), alone = new(Count, Outputs), lonely = new(Count, Outputs);
            backend.MatMul([new(w, x.View, alone.View)]);
            foreach (ref float value in x.View.Span(0)) value = -value; // nothing that was quantised is of use any more
            backend.MatMul([new(w, x.View, y.View), new(v, x.View, z.View)]);
            backend.MatMul([new(w, x.View, alone.View)]);
            backend.MatMul([new(v, x.View, lonely.View)]);
            Assert.Equal(alone.ToArray(), y.ToArray());
            Assert.Equal(lonely.ToArray(), z.ToArray());
        }
    }

    [Fact]
    public void Activations_of_zeros_and_tiny_values_give_zeros()
    {
        WeightFormat format = WeightFormat.Find("q4_k")!;
        using NativeBuffer weights = Weights(format, 20, 256, new Random(1));
        using var x = new TestRows(2, 256);
        x.View.Span(1).Fill(1e-38f);
        using var bias = new TestRows(1, 20);
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using TestRows y = Multiply(backend, format, weights, 20, x, bias);
            Assert.All(y.ToArray(), value => Assert.Equal(0f, value));
        }
    }

    [Theory]
    [InlineData("q8_0", float.NaN)]
    [InlineData("q4_k", float.NaN)]
    [InlineData("q8_0", float.PositiveInfinity)]
    [InlineData("f16", float.NaN)]
    public void What_is_not_a_number_stays_visible_on_every_tier(string name, float bad)
    {
        WeightFormat format = WeightFormat.Find(name)!;
        using NativeBuffer weights = Weights(format, 20, 256, new Random(2));
        using var x = new TestRows(2, 256, new Random(3));
        x.View.Span(1)[77] = bad;
        using var bias = new TestRows(1, 20);
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            using TestRows y = Multiply(backend, format, weights, 20, x, bias);
            Assert.All(y.View.Span(0).ToArray(), value => Assert.True(float.IsFinite(value)));
            Assert.All(y.View.Span(1).ToArray(), value => Assert.False(float.IsFinite(value)));
        }
    }

    private static TestRows Multiply(Backend backend, WeightFormat format, NativeBuffer weights, int rows, TestRows x, TestRows bias)
    {
        using Matrix matrix = backend.Load(format, (nint)weights.Bytes, rows, x.View.Width);
        var y = new TestRows(x.View.Count, rows);
        backend.MatMul([new Projection(matrix, x.View, y.View, (nint)bias.Data)]);
        return y;
    }

    private static NativeBuffer Weights(WeightFormat format, int rows, int columns, Random random)
    {
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => TestRows.Normal(random) * 0.1f)];
        var buffer = new NativeBuffer(values.Length / format.BlockValues * format.BlockBytes);
        fixed (float* source = values) format.Quantize(source, buffer.Bytes, values.Length);
        return buffer;
    }
}
