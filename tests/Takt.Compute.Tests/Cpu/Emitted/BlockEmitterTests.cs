using Takt.Compute.Blocks;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Tests.Cpu.Emitted.Simulator;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted kernels of quantised formats, simulated, against the kernels in C# on the scalar tier.</summary>
public sealed unsafe class BlockEmitterTests
{
    private const int Gap = 4; // floats between rows of results that must stay as they are

    public static TheoryData<string> Formats => [.. WeightFormat.All.Select(format => format.Name).Where(name => PackedLayout.Of(name) is not null)];

    [Fact]
    public void Every_quantised_format_has_kernels() =>
        Assert.Equal(WeightFormat.All.Count(format => format.BlockValues > 1), Formats.Count);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Layouts_are_those_of_the_packing_kernels(string name)
    {
        PackedLayout layout = PackedLayout.Of(name)!;
        MatrixKernel kernel = MatrixKernels.For<LanesScalar>(name);
        foreach (int blocks in new[] { 1, 3, 8 })
        {
            int columns = 32 * layout.BlockParts * blocks;
            Assert.Equal(kernel.GroupBytes(columns), layout.ScaleBytes(blocks) + columns / 32 * layout.Codes.PartBytes);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Vector_kernels_give_the_scalar_tier_s_bits(string name) => Check(name, tiles: false);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Tile_kernels_give_the_scalar_tier_s_bits(string name) => Check(name, tiles: true);

    private static void Check(string name, bool tiles)
    {
        int unit = WeightFormat.Find(name)!.BlockValues;
        foreach (CallConvention convention in Enum.GetValues<CallConvention>())
        {
            byte[] code = BlockEmitter.Emit(PackedLayout.Of(name)!, convention, tiles).Assemble();
            using var processor = new Processor(code, convention);
            int step = convention == CallConvention.SystemV ? 1 : 11; // code differs at entry and exit only
            for (int rows = 1; rows <= 33; rows += step) Check(processor, name, rows, unit * (1 + rows % 3), spoil: false);
            Check(processor, name, 5, 256 * 5, spoil: false);
            Check(processor, name, 19, unit, spoil: true);
        }
    }

    private static void Check(Processor processor, string name, int rows, int columns, bool spoil)
    {
        MatrixKernel kernel = MatrixKernels.For<LanesScalar>(name);
        var random = new Random(rows + columns);
        using NativeBuffer group = Pack(kernel, WeightFormat.Find(name)!, columns, random);
        using Activations x = Quantize(rows, columns, random, spoil);
        int stride = MatrixKernel.GroupRows + Gap;
        long count = (rows - 1) * stride + MatrixKernel.GroupRows; // nothing may lie after the last result
        using NativeBuffer expected = new(count * sizeof(float)), actual = new(count * sizeof(float)), scratch = new(KernelCall.ScratchBytes);
        using NativeBuffer argument = new(sizeof(KernelCall));
        kernel.MultiplyRows(group.Bytes, 1, columns, x[0], x.RowBytes, rows, expected.Floats, stride);
        *(KernelCall*)argument.Bytes = EmittedBlockKernel.Call(
            PackedLayout.Of(name)!, group.Bytes, columns, x[0], x.RowBytes, rows, actual.Floats, stride, scratch.Bytes);

        processor.Memory.Forget();
        processor.Memory.Allow(group.Bytes, kernel.GroupBytes(columns), false, "the weights");
        processor.Memory.Allow((void*)x[0].Codes, x.RowBytes * rows, false, "the activations");
        processor.Memory.Allow(actual.Bytes, actual.Length, true, "the results");
        processor.Memory.Allow(scratch.Bytes, scratch.Length, true, "the scratch");
        processor.Memory.Allow(argument.Bytes, argument.Length, false, "the call");
        processor.Call(argument.Bytes);

        ReadOnlySpan<float> wanted = new(expected.Floats, (int)count), given = new(actual.Floats, (int)count);
        for (int i = 0; i < count; i++)
        {
            // What NaN carries is nobody's promise.
            bool same = BitConverter.SingleToInt32Bits(wanted[i]) == BitConverter.SingleToInt32Bits(given[i])
                || (float.IsNaN(wanted[i]) && float.IsNaN(given[i]));
            Assert.True(same, $"{rows} rows of {columns}: row {i / stride}, output {i % stride}: {given[i]:R}, expected {wanted[i]:R}");
        }
    }

    private static NativeBuffer Pack(MatrixKernel kernel, WeightFormat format, int columns, Random random)
    {
        const int Rows = 13; // the group's last rows are padding
        float[] values = [.. Enumerable.Range(0, Rows * columns).Select(i => TestRows.Normal(random) * (i % columns < columns / 2 ? 0.1f : 1e-5f))];
        using var source = new NativeBuffer(values.Length / format.BlockValues * format.BlockBytes);
        fixed (float* floats = values) format.Quantize(floats, source.Bytes, values.Length);
        var group = new NativeBuffer(kernel.GroupBytes(columns));
        kernel.Pack(source.Bytes, Rows, columns, group.Bytes);
        return group;
    }

    private static Activations Quantize(int rows, int columns, Random random, bool spoil)
    {
        var x = new Activations();
        x.Reserve(rows, columns);
        using var values = new TestRows(rows, columns, random);
        if (spoil) values.View.Span(rows - 1)[0] = float.NaN;
        for (int row = 0; row < rows; row++) Activations.Quantize<LanesScalar>(values.View[row], columns, x[row]);
        return x;
    }
}
