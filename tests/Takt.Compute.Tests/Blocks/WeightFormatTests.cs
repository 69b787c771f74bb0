using Takt.Compute.Blocks;

namespace Takt.Compute.Tests.Blocks;

public class WeightFormatTests
{
    [Fact]
    public void Sizes_are_those_of_the_files()
    {
        var sizes = WeightFormat.All.Select(format => (format.Name, format.BlockValues, format.BlockBytes));
        Assert.Equal(
        [
            ("f32", 1, 4), ("f16", 1, 2), ("bf16", 1, 2),
            ("q4_0", 32, 18), ("q4_1", 32, 20), ("q5_0", 32, 22), ("q5_1", 32, 24), ("q8_0", 32, 34),
            ("q2_k", 256, 84), ("q3_k", 256, 110), ("q4_k", 256, 144), ("q5_k", 256, 176), ("q6_k", 256, 210),
            ("iq4_nl", 32, 18), ("iq4_xs", 256, 136), ("mxfp4", 32, 17),
        ], sizes);
    }

    [Fact]
    public void Formats_are_found_by_name_in_any_case()
    {
        Assert.All(WeightFormat.All, format => Assert.Same(format, WeightFormat.Find(format.Name.ToUpperInvariant())));
        Assert.Null(WeightFormat.Find("q9_9"));
    }

    [Fact]
    public void A_visitor_runs_with_the_block_type()
    {
        Assert.All(Formats.Blocks, format => Assert.Equal(format.Name, format.Accept(new NameOf())));
    }

    [Fact]
    public void F16_reads_every_half()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => (ushort)bits).ToArray();
        var values = WeightFormat.F16.Dequantize(halves.SelectMany(BitConverter.GetBytes).ToArray(), halves.Length);
        for (int k = 0; k < halves.Length; k++) Assert.Equal((float)BitConverter.UInt16BitsToHalf(halves[k]), values[k]);
        Assert.Equal(Array.ConvertAll(halves, Canonical), Halves(WeightFormat.F16.Quantize(values)).Select(Canonical));
    }

    [Fact]
    public void F16_rounds_like_Half()
    {
        float[] values = [.. Boundaries(k => (float)BitConverter.UInt16BitsToHalf((ushort)k), 0x7C00), .. Samples()];
        var halves = Halves(WeightFormat.F16.Quantize(values));
        for (int k = 0; k < values.Length; k++)
            Assert.Equal(Canonical(BitConverter.HalfToUInt16Bits((Half)values[k])), Canonical(halves[k]));
    }

    [Fact]
    public void BF16_reads_every_upper_half_of_a_float()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => (ushort)bits).ToArray();
        var values = WeightFormat.BF16.Dequantize(halves.SelectMany(BitConverter.GetBytes).ToArray(), halves.Length);
        for (int k = 0; k < halves.Length; k++) Assert.Equal((uint)halves[k] << 16, BitConverter.SingleToUInt32Bits(values[k]));
        var back = Halves(WeightFormat.BF16.Quantize(values));
        for (int k = 0; k < halves.Length; k++)
            Assert.Equal(float.IsNaN(values[k]) ? halves[k] | 0x40 : halves[k], back[k]);
    }

    [Fact]
    public void BF16_rounds_to_nearest_even()
    {
        float[] values = [.. Boundaries(k => BitConverter.UInt32BitsToSingle((uint)k << 16), 0x7F80), .. Samples()];
        var halves = Halves(WeightFormat.BF16.Quantize(values));
        for (int k = 0; k < values.Length; k++)
        {
            if (float.IsNaN(values[k])) Assert.True((halves[k] & 0x7FFF) > 0x7F80);
            else Assert.Equal(NearestBrainFloat(values[k]), halves[k]);
        }
    }

    [Theory]
    [InlineData("f32")]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void Any_count_is_converted_and_nothing_beyond_it_written(string name)
    {
        var format = WeightFormat.Find(name)!;
        for (int count = 0; count < 20; count++)
        {
            var values = Enumerable.Range(1, count).Select(k => (float)k).ToArray();
            var bytes = new byte[count * format.BlockBytes + 8];
            var back = new float[count + 1];
            Convert(format, values, bytes, back, count);
            Assert.Equal([.. values, 0], back);
            Assert.All(bytes[(count * format.BlockBytes)..], value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void F32_keeps_every_bit()
    {
        float[] values = [float.NaN, float.NegativeInfinity, -0f, float.Epsilon, 1, .. Samples()];
        var back = WeightFormat.F32.RoundTrip(values);
        Assert.Equal(values.Select(BitConverter.SingleToUInt32Bits), back.Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData("q4_0", 33)]
    [InlineData("q6_k", 128)]
    [InlineData("f16", -1)]
    public void A_count_that_fills_no_blocks_is_refused(string name, long count)
    {
        var error = Assert.Throws<ArgumentException>(() => WeightFormat.Find(name)!.Bytes(count));
        Assert.Contains($"{count} values cannot be {name}", error.Message, StringComparison.Ordinal);
    }

    private static unsafe void Convert(WeightFormat format, float[] values, byte[] bytes, float[] back, int count)
    {
        fixed (float* from = values, to = back)
        fixed (byte* between = bytes)
        {
            format.Quantize(from, between, count);
            format.Dequantize(between, to, count);
        }
    }

    private static ushort[] Halves(byte[] bytes) => [.. bytes.Chunk(2).Select(pair => BitConverter.ToUInt16(pair))];

    /// <summary>One pattern for every NaN.</summary>
    private static ushort Canonical(ushort half) => (half & 0x7FFF) > 0x7C00 ? (ushort)0x7E00 : half;

    private static ushort NearestBrainFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value), below = bits >> 16, rest = bits & 0xFFFF;
        return (ushort)(rest > 0x8000 || (rest == 0x8000 && below % 2 == 1) ? below + 1 : below);
    }

    /// <summary>Each of the first numbers of a short type, the tie to the next one, and the floats beside the tie; both signs.</summary>
    private static IEnumerable<float> Boundaries(Func<int, float> number, int count)
    {
        for (int k = 0; k < count; k += 3)
        {
            float tie = (float)(((double)number(k) + (float.IsInfinity(number(k + 1)) ? 65536 : number(k + 1))) / 2);
            foreach (float value in (float[])[number(k), tie, MathF.BitIncrement(tie), MathF.BitDecrement(tie)])
            {
                yield return value;
                yield return -value;
            }
        }
    }

    private static float[] Samples()
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))];
    }

    private sealed class NameOf : IBlockVisitor<string>
    {
        public string Visit<TBlock>() where TBlock : struct, IBlockFormat<TBlock> => TBlock.Name;
    }
}
