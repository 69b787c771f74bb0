using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu;

/// <summary>Products whose kernels take activations in different forms, beside each other.</summary>
public sealed unsafe class BFloatRowsTests : IDisposable
{
    private const int Outputs = 40, Columns = 64, Many = 9, Few = 3;

    private readonly WeightFormat _format = WeightFormat.Find("q8_0")!;
    private readonly TestRows _many = new(Many, Columns, new Random(1)), _few = new(Few, Columns, new Random(2));
    private readonly float[] _weights = new float[Outputs * Columns];
    private readonly NativeBuffer _source;

    public BFloatRowsTests()
    {
        var random = new Random(3);
        for (int i = 0; i < _weights.Length; i++) _weights[i] = TestRows.Normal(random);
        _source = new NativeBuffer(_format.Bytes(_weights.Length));
        fixed (float* values = _weights)
        {
            _format.Quantize(values, _source.Bytes, _weights.Length);
            _format.Dequantize(_source.Bytes, values, _weights.Length);
        }
    }

    public static TheoryData<string> TierNames => [.. Tiers.Kernels];

    [Theory]
    [MemberData(nameof(TierNames))]
    public void Every_kernel_gets_its_rows_in_the_form_it_takes(string tier)
    {
        using Backend backend = Backends.Create(Tiers.Team, tier);
        using Matrix exact = backend.Load(_format, (nint)_source.Bytes, Outputs, Columns);
        using var rounding = new Matrix(_format, Outputs, Columns, (nint)_source.Bytes, new BFloatKernel(_format, fewestRows: Few + 1));
        rounding.PackAlone(Tiers.Team);
        using TestRows alone = new(Many, Outputs), a = new(Many, Outputs), b = new(Many, Outputs), c = new(Many, Outputs), d = new(Few, Outputs);
        backend.MatMul([new(exact, _many.View, alone.View)]);
        backend.MatMul([
            new(exact, _many.View, a.View), new(rounding, _many.View, b.View), new(rounding, _many.View, c.View), new(rounding, _few.View, d.View)]);
        Assert.Equal(alone.ToArray(), a.ToArray());
        Assert.InRange(TestRows.Nmse(Products(_many, Round), b.ToArray()), 0, 1e-12);
        Assert.Equal(b.ToArray(), c.ToArray());
        Assert.InRange(TestRows.Nmse(Products(_few, static value => value), d.ToArray()), 0, 1e-12);
    }

    [Fact]
    public void A_kernel_around_another_takes_many_rows_as_that_one_does()
    {
        var kernel = new EmittedFloatKernel(new BFloatKernel(_format, fewestRows: Few + 1), 0, 0);
        using var matrix = new Matrix(_format, Outputs, Columns, (nint)_source.Bytes, kernel);
        matrix.PackAlone(Tiers.Team);
        using Backend backend = Backends.Create(Tiers.Team);
        using var y = new TestRows(Many, Outputs);
        backend.MatMul([new(matrix, _many.View, y.View)]);
        Assert.InRange(TestRows.Nmse(Products(_many, Round), y.ToArray()), 0, 1e-12);
    }

    public void Dispose()
    {
        _many.Dispose();
        _few.Dispose();
        _source.Dispose();
    }

    private float[] Products(TestRows x, Func<float, float> round) =>
    [
        .. from row in Enumerable.Range(0, x.View.Count)
           from output in Enumerable.Range(0, Outputs)
           select (float)Enumerable.Range(0, Columns).Sum(k => (double)round(x.View.Span(row)[k]) * _weights[output * Columns + k]),
    ];

    // To bfloat16: values half way between two do not occur here.
    private static float Round(float value) =>
        BitConverter.Int32BitsToSingle((int)(BitConverter.SingleToInt32Bits(value) + 0x8000L & 0xffff0000));
}
