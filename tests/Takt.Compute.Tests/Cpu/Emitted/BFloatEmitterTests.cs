using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Tests.Cpu.Emitted.Simulator;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted kernels of float formats, simulated, against products in double precision.</summary>
public sealed unsafe class BFloatEmitterTests
{
    private const int Gap = 4;

    private static readonly (int Rows, int Columns)[] Shapes = [(1, 32), (2, 96), (7, 512), (16, 544), (31, 64), (33, 1120)];

    public static MatrixTheoryData<string, bool> Kernels => new(["f32", "f16", "bf16"], [false, true]);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Products_are_those_of_rounded_values_and_within_the_tolerance_of_exact_ones(string name, bool tiles)
    {
        foreach (CallConvention convention in Enum.GetValues<CallConvention>())
        {
            using var processor = new Processor(BFloatEmitter.Emit(name, convention, tiles).Assemble(), convention);
            foreach ((int rows, int columns) in Shapes) Check(processor, name, rows, columns);
        }
    }

    private static void Check(Processor processor, string name, int rows, int columns)
    {
        WeightFormat format = WeightFormat.Find(name)!;
        MatrixKernel kernel = MatrixKernels.For<LanesScalar>(name);
        var random = new Random(rows);
        using NativeBuffer source = new(MatrixKernel.GroupRows * columns * format.BlockBytes), group = new(kernel.GroupBytes(columns));
        using TestRows x = new(rows, columns, random), weights = new(MatrixKernel.GroupRows, columns, random, 0.1f);
        float[] stored = weights.ToArray();
        fixed (float* values = stored)
        {
            format.Quantize(values, source.Bytes, stored.Length);
            format.Dequantize(source.Bytes, values, stored.Length);
        }

        kernel.Pack(source.Bytes, MatrixKernel.GroupRows, columns, group.Bytes);
        float[] given = Multiply(processor, group, columns, x, rows);
        Assert.InRange(TestRows.Nmse(Products(x, stored, rows, Round), given), 0, 1e-11); // float additions only
        Assert.InRange(TestRows.Nmse(Products(x, stored, rows, static value => value), given), 0, BFloatEmitter.Tolerance);
    }

    private static float[] Multiply(Processor processor, NativeBuffer group, int columns, TestRows x, int rows)
    {
        int stride = MatrixKernel.GroupRows + Gap;
        using NativeBuffer y = new(((rows - 1) * stride + MatrixKernel.GroupRows) * sizeof(float)), scratch = new(BFloatEmitter.ScratchBytes);
        using NativeBuffer argument = new(sizeof(KernelCall));
        long xStride = (long)x.View.Stride * sizeof(float);
        *(KernelCall*)argument.Bytes = EmittedFloatKernel.Call(
            group.Bytes, columns, new ActivationRow((nint)x.Data, 0, 0), xStride, rows, y.Floats, stride, scratch.Bytes);
        processor.Memory.Forget();
        processor.Memory.Allow(group.Bytes, group.Length, false, "the weights");
        processor.Memory.Allow(x.Data, xStride * rows, false, "the activations");
        processor.Memory.Allow(y.Bytes, y.Length, true, "the results");
        processor.Memory.Allow(scratch.Bytes, scratch.Length, true, "the scratch");
        processor.Memory.Allow(argument.Bytes, argument.Length, false, "the call");
        processor.Call(argument.Bytes);
        for (int row = 0; row < rows - 1; row++)
            Assert.False(new Span<float>(y.Floats + row * stride + MatrixKernel.GroupRows, Gap).ContainsAnyExcept(0f));
        nint results = (nint)y.Floats;
        return [.. Enumerable.Range(0, rows).SelectMany(row => new Span<float>((float*)results + row * stride, MatrixKernel.GroupRows).ToArray())];
    }

    private static float[] Products(TestRows x, float[] weights, int rows, Func<float, float> round)
    {
        var products = new float[rows * MatrixKernel.GroupRows];
        int columns = x.View.Width;
        for (int i = 0; i < products.Length; i++)
        {
            double sum = 0;
            ReadOnlySpan<float> row = x.View.Span(i / MatrixKernel.GroupRows);
            for (int k = 0; k < columns; k++) sum += (double)round(row[k]) * round(weights[i % MatrixKernel.GroupRows * columns + k]);
            products[i] = (float)sum;
        }

        return products;
    }

    // To bfloat16, nearest even.
    private static float Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle(bits + 0x7fff + (bits >> 16 & 1) & 0xffff0000);
    }
}
