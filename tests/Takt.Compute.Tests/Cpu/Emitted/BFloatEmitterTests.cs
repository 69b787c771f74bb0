using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Tests.Cpu.Emitted.Simulator;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted kernels of bfloat16 products, simulated, against products in double precision.</summary>
public sealed unsafe class BFloatEmitterTests
{
    private const int Gap = 4;

    // Every size of tile on both tiers, whole chunks and parts of one. Columns are in units of 32, or of a block where that is more.
    private static readonly (int Rows, int Units)[] Shapes = [(1, 1), (2, 3), (7, 16), (16, 17), (31, 2), (115, 18)];

    public static MatrixTheoryData<string, bool> Kernels => new([.. WeightFormat.All.Select(format => format.Name)], [false, true]);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Products_are_those_of_rounded_values_and_within_the_tolerance_of_exact_ones(string name, bool tiles)
    {
        int unit = Math.Max(BFloatEmitter.Step, WeightFormat.Find(name)!.BlockValues);
        using var processor = new Processor(BFloatEmitter.Emit(name, CallConvention.SystemV, tiles).Assemble(), CallConvention.SystemV);
        foreach ((int rows, int units) in Shapes) Check(processor, name, rows, unit == 32 ? 32 * units : unit * ((units + 7) / 8));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Windows_gets_its_registers_back(string name, bool tiles)
    {
        using var processor = new Processor(BFloatEmitter.Emit(name, CallConvention.Windows, tiles).Assemble(), CallConvention.Windows);
        Check(processor, name, 35, 256);
    }

    [Fact]
    public void What_is_no_number_stays_in_its_row()
    {
        using var processor = new Processor(BFloatEmitter.Emit("q4_k", CallConvention.SystemV, true).Assemble(), CallConvention.SystemV);
        using var product = new Product("q4_k", 33, 256);
        product.X.View.Span(7)[100] = float.NaN;
        float[] given = product.Run(processor);
        for (int i = 0; i < given.Length; i++) Assert.Equal(i / MatrixKernel.GroupRows == 7, float.IsNaN(given[i]));
    }

    private static void Check(Processor processor, string name, int rows, int columns)
    {
        using var product = new Product(name, rows, columns);
        float[] given = product.Run(processor);
        // Only additions of floats differ; where a code has two factors, or one and a minimum, now and then a rounding of the weight too.
        bool oneFactor = PackedLayout.Of(name) is not { Scales: { HasMin: true } or { Sub: not SubScale.None } };
        Assert.InRange(TestRows.Nmse(product.Expected(Round), given), 0, oneFactor ? 1e-11 : 1e-8);
        // The tolerance is one of many products.
        if (rows > 8) Assert.InRange(TestRows.Nmse(product.Expected(static value => value), given), 0, BFloatEmitter.Tolerance);
    }

    // To bfloat16, nearest even.
    private static float Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle(bits + 0x7fff + (bits >> 16 & 1) & 0xffff0000);
    }

    /// <summary>A packed group and rows to multiply it with.</summary>
    private sealed class Product : IDisposable
    {
        private readonly string _name;
        private readonly int _rows, _columns;
        private readonly float[] _weights;
        private readonly NativeBuffer _group;

        public Product(string name, int rows, int columns)
        {
            (_name, _rows, _columns) = (name, rows, columns);
            WeightFormat format = WeightFormat.Find(name)!;
            MatrixKernel kernel = MatrixKernels.For<LanesScalar>(name);
            var random = new Random(rows);
            _weights = new float[MatrixKernel.GroupRows * columns];
            for (int i = 0; i < _weights.Length; i++) _weights[i] = TestRows.Normal(random) * 0.1f;
            _group = new NativeBuffer(kernel.GroupBytes(columns));
            X = new TestRows(rows, columns, random);
            using NativeBuffer source = new(_weights.Length / format.BlockValues * format.BlockBytes);
            fixed (float* values = _weights)
            {
                format.Quantize(values, source.Bytes, _weights.Length);
                format.Dequantize(source.Bytes, values, _weights.Length);
            }

            kernel.Pack(source.Bytes, MatrixKernel.GroupRows, columns, _group.Bytes);
        }

        public TestRows X { get; }

        public float[] Run(Processor processor)
        {
            int stride = MatrixKernel.GroupRows + Gap;
            using NativeBuffer y = new(((_rows - 1) * stride + MatrixKernel.GroupRows) * sizeof(float));
            using NativeBuffer scratch = new(BFloatEmitter.ScratchBytes), argument = new(sizeof(KernelCall));
            using var x = new Activations();
            x.Reserve(_rows, _columns);
            for (int row = 0; row < _rows; row++) Activations.StoreBFloats<LanesScalar>(X.View[row], _columns, x[row]);
            *(KernelCall*)argument.Bytes = EmittedBFloatKernel.Call(
                PackedLayout.Of(_name), _group.Bytes, _columns, x[0], x.RowBytes, _rows, y.Floats, stride, scratch.Bytes);
            processor.Memory.Forget();
            processor.Memory.Allow(_group.Bytes, _group.Length, false, "the weights");
            for (int row = 0; row < _rows; row++) processor.Memory.Allow((void*)x[row].Codes, 2 * _columns, false, "a row of activations");
            processor.Memory.Allow(y.Bytes, y.Length, true, "the results");
            processor.Memory.Allow(scratch.Bytes, scratch.Length, true, "the scratch");
            processor.Memory.Allow(argument.Bytes, argument.Length, false, "the call");
            processor.Call(argument.Bytes);
            for (int row = 0; row < _rows - 1; row++)
                Assert.False(new Span<float>(y.Floats + row * stride + MatrixKernel.GroupRows, Gap).ContainsAnyExcept(0f));
            nint results = (nint)y.Floats;
            return [.. Enumerable.Range(0, _rows).SelectMany(row => new Span<float>((float*)results + row * stride, MatrixKernel.GroupRows).ToArray())];
        }

        public float[] Expected(Func<float, float> round)
        {
            double[] weights = [.. _weights.Select(value => (double)round(value))];
            var products = new float[_rows * MatrixKernel.GroupRows];
            for (int row = 0; row < _rows; row++)
            {
                double[] x = [.. X.View.Span(row).ToArray().Select(value => (double)round(value))];
                for (int output = 0; output < MatrixKernel.GroupRows; output++)
                {
                    double sum = 0;
                    for (int k = 0; k < _columns; k++) sum += x[k] * weights[output * _columns + k];
                    products[row * MatrixKernel.GroupRows + output] = (float)sum;
                }
            }

            return products;
        }

        public void Dispose()
        {
            _group.Dispose();
            X.Dispose();
        }
    }
}
