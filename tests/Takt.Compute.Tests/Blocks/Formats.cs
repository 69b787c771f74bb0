using Takt.Compute.Blocks;

namespace Takt.Compute.Tests.Blocks;

/// <summary>The block formats as theory data, and managed wrappers of their unsafe members.</summary>
internal static unsafe class Formats
{
    public static IEnumerable<BlockWeightFormat> Blocks => WeightFormat.All.OfType<BlockWeightFormat>();

    public static TheoryData<string> BlockNames => new(Blocks.Select(format => format.Name));

    public static BlockWeightFormat Block(string name) => (BlockWeightFormat)WeightFormat.Find(name)!;

    public static BlockPart Unpack(this BlockWeightFormat format, ReadOnlySpan<byte> block, int part)
    {
        fixed (byte* bytes = block) return format.Accept(new Unpacker(bytes, part));
    }

    public static float[] Dequantize(this WeightFormat format, ReadOnlySpan<byte> source, long count)
    {
        var values = new float[count];
        fixed (byte* from = source)
        fixed (float* to = values)
            format.Dequantize(from, to, count);
        return values;
    }

    public static byte[] Quantize(this WeightFormat format, ReadOnlySpan<float> values)
    {
        var bytes = new byte[format.Bytes(values.Length)];
        fixed (float* from = values)
        fixed (byte* to = bytes)
            format.Quantize(from, to, values.Length);
        return bytes;
    }

    public static float[] RoundTrip(this WeightFormat format, ReadOnlySpan<float> values) =>
        format.Dequantize(format.Quantize(values), values.Length);

    /// <summary>Bytes of a fixed sequence (SplitMix64), the same on every platform.</summary>
    public static byte[] RandomBytes(ulong seed, int count)
    {
        var bytes = new byte[count];
        for (int k = 0; k < count; k++)
        {
            ulong z = seed += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            bytes[k] = (byte)(z ^ z >> 31);
        }
        return bytes;
    }

    /// <summary>Normally distributed values.</summary>
    public static float[] Normal(Random random, int count)
    {
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    private sealed class Unpacker(byte* block, int part) : IBlockVisitor<BlockPart>
    {
        public BlockPart Visit<TBlock>() where TBlock : struct, IBlockFormat<TBlock>
        {
            TBlock.Unpack(block, part, out var result);
            return result;
        }
    }
}
