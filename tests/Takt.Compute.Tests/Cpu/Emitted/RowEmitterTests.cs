using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>The emitted products of quantised formats, which run on every x86-64 machine with AVX2, FMA and F16C.</summary>
public sealed unsafe class RowEmitterTests
{
    public static TheoryData<string> Formats => BlockEmitterTests.Formats;

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_have_the_bits_of_the_kernel_in_scalar_code(string name)
    {
        using var kernels = new Kernels(name);
        foreach ((int groups, int blocks) in new[] { (1, 1), (2, 3), (3, 8), (4, 5), (7, 9), (13, 2) })
        {
            foreach (int streams in new[] { 1, 2, 4 }) kernels.Check(groups, blocks, streams, static random => TestRows.Normal(random));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_largest_dots_do_not_overflow(string name)
    {
        using var kernels = new Kernels(name);
        foreach (byte code in new byte[] { 0xff, 0x7f, 0x80, 0 })
        {
            kernels.Check(4, 8, 4, static _ => 1, code);
            kernels.Check(2, 8, 1, static _ => -1, code);
        }
    }

    [Theory]
    [InlineData("q4_0")]
    [InlineData("q6_k")]
    public void Values_that_are_not_finite_make_their_products_so(string name)
    {
        using var kernels = new Kernels(name);
        int count = 0;
        kernels.Check(3, 2, 1, random => ++count == 5 ? float.NaN : TestRows.Normal(random));
    }

    [Fact]
    public void A_row_of_nothing_gives_zeros()
    {
        using var kernels = new Kernels("q8_0");
        kernels.Check(3, 0, 4, static _ => 1);
    }

    private sealed class Kernels : IDisposable
    {
        // A tile of four and one row.
        private const int RowCount = 5;

        private readonly MatrixKernel _scalar, _emitted;
        private readonly PackedLayout _layout;
        private readonly KernelTuning _before = KernelTuning.Current;

        public Kernels(string name)
        {
            if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
            _scalar = MatrixKernels.For<LanesScalar>(name);
            _emitted = EmittedKernels.WrapQuantized(MatrixKernels.For<Lanes256>(name), name);
            _layout = PackedLayout.Of(name)!;
            Assert.IsType<EmittedQuantizedKernel>(_emitted);
        }

        /// <summary>Multiplies random weights.</summary>
        /// <param name="groups">Groups of 16 outputs.</param>
        /// <param name="blocks">Blocks in a row.</param>
        /// <param name="streams">How many groups are read at once.</param>
        /// <param name="value">Makes the activations.</param>
        /// <param name="code">What all bytes of codes are, if not random.</param>
        public void Check(int groups, int blocks, int streams, Func<Random, float> value, byte? code = null)
        {
            int columns = blocks * 32 * _layout.BlockParts, outputs = groups * MatrixKernel.GroupRows;
            var random = new Random(groups + columns);
            using var weights = new NativeBuffer(groups * _scalar.GroupBytes(columns));
            Fill(weights, groups, blocks, random, code);
            using var x = new Activations();
            x.Reserve(RowCount, columns);
            for (int row = 0; row < RowCount; row++) Quantize(x[row], columns, random, value);
            KernelTuning.Current = _before with { Streams = streams };
            using NativeBuffer expected = new(RowCount * outputs * 4), actual = new(RowCount * outputs * 4);
            for (int row = 0; row < RowCount; row++) _scalar.Multiply(weights.Bytes, groups, columns, x[row], expected.Floats + row * outputs);
            new Span<byte>(actual.Bytes, (int)actual.Length).Fill(0x55);
            for (int row = 0; row < RowCount; row++) _emitted.Multiply(weights.Bytes, groups, columns, x[row], actual.Floats + row * outputs);
            Compare(expected, actual, $"{groups} x {columns}, one row");
            new Span<byte>(actual.Bytes, (int)actual.Length).Fill(0x55);
            _emitted.MultiplyRows(weights.Bytes, groups, columns, x[0], x.RowBytes, RowCount, actual.Floats, outputs);
            Compare(expected, actual, $"{groups} x {columns}, rows together");
        }

        private static void Quantize(in ActivationRow x, int columns, Random random, Func<Random, float> value)
        {
            using var values = new NativeBuffer(Rows.Pad(columns) * sizeof(float));
            for (int i = 0; i < columns; i++) values.Floats[i] = value(random);
            Activations.Quantize<LanesScalar>(values.Floats, columns, x);
        }

        private static void Compare(NativeBuffer expected, NativeBuffer actual, string what)
        {
            for (int i = 0; i < expected.Length / sizeof(float); i++)
            {
                // What NaN carries is nobody's promise.
                float wanted = expected.Floats[i], given = actual.Floats[i];
                bool same = BitConverter.SingleToInt32Bits(wanted) == BitConverter.SingleToInt32Bits(given);
                Assert.True(same || (float.IsNaN(wanted) && float.IsNaN(given)), $"{what}, result {i}: {given:R}, expected {wanted:R}");
            }
        }

        // Any codes and sub-scales, and scales of 0.0001 to 2 whether they are read as halves or as bfloat16.
        private void Fill(NativeBuffer weights, int groups, int blocks, Random random, byte? code)
        {
            ScaleLayout scales = _layout.Scales;
            long groupBytes = weights.Length / groups;
            for (int group = 0; group < groups; group++)
            {
                var bytes = new Span<byte>(weights.Bytes + group * groupBytes, (int)groupBytes);
                random.NextBytes(bytes);
                for (int block = 0; block < blocks; block++)
                {
                    for (int i = 1; i < scales.SubsAt; i += 2) bytes[block * scales.Bytes + i] = (byte)random.Next(0x08, 0x40);
                }

                if (code is { } same) bytes[(int)_layout.ScaleBytes(blocks)..].Fill(same);
            }
        }

        public void Dispose() => KernelTuning.Current = _before;
    }
}
