using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Takt.Compute.Blocks;

namespace Takt.Compute.Tests.Blocks;

public class UnpackTests
{
    public static TheoryData<string> Names => Formats.BlockNames;

    /// <summary>
    /// SHA-256 of the floats that llama.cpp's dequantisation returns for 200 blocks of
    /// <see cref="Formats.RandomBytes"/>(2026), any NaN written as 0x7FC00000.
    /// </summary>
    [Theory]
    [InlineData("q4_0", "5206955B17108DCB")]
    [InlineData("q4_1", "439A050BA906BAB6")]
    [InlineData("q5_0", "2FAF6736A4F33D36")]
    [InlineData("q5_1", "091E4F6FDC6A374A")]
    [InlineData("q8_0", "B6A206243CC04ACD")]
    [InlineData("q2_k", "04197E23E148F4E8")]
    [InlineData("q3_k", "D5323ACF9B5E05F2")]
    [InlineData("q4_k", "1386EED57AE1511D")]
    [InlineData("q5_k", "F5625C42B71F6A36")]
    [InlineData("q6_k", "FC1B0A6F1EED938B")]
    [InlineData("iq4_nl", "CB88F0B78C968A08")]
    [InlineData("iq4_xs", "5FB9737082F0F3E7")]
    [InlineData("mxfp4", "D8289491DFC8225D")]
    public void Dequantises_random_blocks_bit_for_bit_as_llama_cpp(string name, string expected)
    {
        var format = Formats.Block(name);
        var values = format.Dequantize(Formats.RandomBytes(2026, 200 * format.BlockBytes), 200L * format.BlockValues);
        foreach (ref float value in values.AsSpan())
            if (float.IsNaN(value)) value = BitConverter.UInt32BitsToSingle(0x7FC00000);
        Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16]);
    }

    /// <summary>A block of bytes 0, 7, 14, ... with half scales of 0.5 and 0.25, and values llama.cpp reads in it.</summary>
    [Theory]
    [InlineData("q4_0", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 3f, -1.5f, -0.5f, -4f, -3.5f, -0.5f })]
    [InlineData("q4_1", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 6.25f, 1.75f, 2.75f, 0.75f, 1.25f, 4.25f })]
    [InlineData("q5_0", new[] { 0, 1, 15, 16, 17, 31 }, new[] { -3f, 0.5f, -6.5f, -7f, -6.5f, -3.5f })]
    [InlineData("q5_1", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 4.25f, 7.75f, 0.75f, 1.75f, 9.75f, 5.25f })]
    [InlineData("q8_0", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 7f, 10.5f, 59.5f, 63f, -61.5f, -12.5f })]
    [InlineData("q2_k", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { 0f, 10.5f, 14f, 4.75f, 9.5f, 7.25f, 18.5f, -1.5f })]
    [InlineData("q3_k", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { 64f, 34.5f, -14f, 11f, -9f, 6f, -5.5f, 29f })]
    [InlineData("q4_k", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { -14f, 84f, 211.75f, 54.25f, 143.75f, 26.75f, 59.25f, 57.5f })]
    [InlineData("q5_k", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { -14f, 308f, 176.75f, 19.25f, 486.75f, 58.75f, 136.25f, 48.5f })]
    [InlineData("q6_k", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { -1024f, 816.5f, 351f, 382.5f, 795f, 840f, -1610f, 1087.5f })]
    [InlineData("iq4_nl", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 44.5f, -17.5f, -5f, -63.5f, -52f, -5f })]
    [InlineData("iq4_xs", new[] { 0, 17, 47, 63, 100, 130, 180, 255 }, new[] { 6f, -390f, -884f, -884f, 735f, 66f, -7f, -551f })]
    [InlineData("mxfp4", new[] { 0, 1, 15, 16, 17, 31 }, new[] { 3f, -2f, 0f, 0f, 0f, 3f })]
    public void Reads_values_of_a_regular_block(string name, int[] places, float[] expected)
    {
        var format = Formats.Block(name);
        var values = format.Dequantize(RegularBlock(format), format.BlockValues);
        Assert.Equal(expected, places.Select(place => values[place]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public unsafe void Codes_and_sub_scales_keep_integer_dots_exact_in_float(string name)
    {
        var format = Formats.Block(name);
        byte[] blocks = [.. Formats.RandomBytes(7, 500 * format.BlockBytes), .. Extremes(format)];
        for (int at = 0; at < blocks.Length; at += format.BlockBytes)
        {
            for (int part = 0; part < format.BlockValues / 32; part++)
            {
                var unpacked = format.Unpack(blocks.AsSpan(at, format.BlockBytes), part);
                long first = 0, second = 0;
                for (int k = 0; k < 16; k++)
                {
                    first += 127 * Math.Abs((int)unpacked.Codes[k]);
                    second += 127 * Math.Abs((int)unpacked.Codes[k + 16]);
                }
                Assert.True(Math.Abs(unpacked.Sub0) * first + Math.Abs(unpacked.Sub1) * second < 1 << 24);
                Assert.True(unpacked.SubMin0 is >= 0 and <= 63 && unpacked.SubMin1 is >= 0 and <= 63);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public unsafe void Integer_dot_equals_dot_of_dequantised_values(string name)
    {
        var format = Formats.Block(name);
        var weights = Formats.Normal(new Random(3), 4 * format.BlockValues);
        var bytes = format.Quantize(weights);
        var values = format.Dequantize(bytes, weights.Length);
        var activations = (sbyte[])(object)Formats.RandomBytes(11, weights.Length);
        for (int part = 0; part < weights.Length / 32; part++)
        {
            int block = part * 32 / format.BlockValues;
            var unpacked = format.Unpack(bytes.AsSpan(block * format.BlockBytes, format.BlockBytes), part % (format.BlockValues / 32));
            int[] dots = [0, 0], sums = [0, 0];
            double expected = 0, magnitude = 0;
            for (int k = 0; k < 32; k++)
            {
                int activation = Math.Max(activations[32 * part + k], (sbyte)-127);
                dots[k / 16] += unpacked.Codes[k] * activation;
                sums[k / 16] += activation;
                expected += (double)values[32 * part + k] * activation;
                magnitude += Math.Abs((double)values[32 * part + k] * activation);
            }
            float dot = unpacked.Scale * (unpacked.Sub0 * dots[0] + unpacked.Sub1 * dots[1])
                - unpacked.MinScale * (unpacked.SubMin0 * sums[0] + unpacked.SubMin1 * sums[1]);
            Assert.Equal(expected, dot, 1e-5 * magnitude + 1e-30);
        }
    }

    [Fact]
    public void Every_half_scale_is_read_as_the_half_it_is()
    {
        var format = Formats.Block("q8_0");
        var block = new byte[34];
        block[2] = 1;
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            BitConverter.TryWriteBytes(block, (ushort)bits);
            Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)bits), format.Dequantize(block, 32)[0]);
        }
    }

    private static byte[] RegularBlock(BlockWeightFormat format)
    {
        var block = new byte[format.BlockBytes];
        for (int k = 0; k < block.Length; k++) block[k] = (byte)(7 * k);
        int scale = format.Name switch { "q2_k" => 80, "q3_k" => 108, "q6_k" => 208, "mxfp4" => -1, _ => 0 };
        if (scale < 0) block[0] = 126;
        else BitConverter.TryWriteBytes(block.AsSpan(scale), (Half)0.5f);
        int min = format.Name switch { "q2_k" => 82, "q4_1" or "q5_1" or "q4_k" or "q5_k" => 2, _ => -1 };
        if (min >= 0) BitConverter.TryWriteBytes(block.AsSpan(min), (Half)0.25f);
        return block;
    }

    /// <summary>Blocks of one repeated byte: lowest and highest codes and sub-scales in all combinations of sign.</summary>
    private static IEnumerable<byte> Extremes(BlockWeightFormat format) =>
        Enumerable.Range(0, 256).SelectMany(value => Enumerable.Repeat((byte)value, format.BlockBytes));
}
