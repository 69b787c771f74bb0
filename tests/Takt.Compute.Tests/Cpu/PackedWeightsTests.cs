using Takt.Compute.Blocks;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu;

public sealed unsafe class PackedWeightsTests
{
    public static TheoryData<string> Formats => [.. WeightFormat.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_tier_packs_the_same_bytes(string name)
    {
        const int rows = 37, columns = 512;
        WeightFormat format = WeightFormat.Find(name)!;
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)];
        using var source = new NativeBuffer(format.Bytes(values.Length));
        fixed (float* from = values) format.Quantize(from, source.Bytes, values.Length);
        byte[]? expected = null;
        foreach (string tier in Tiers.Kernels)
        {
            using Backend backend = Backends.Create(Tiers.Team, tier);
            Matrix[] matrices = [.. Enumerable.Range(0, 2).Select(_ => backend.Describe(format, (nint)source.Bytes, rows, columns))];
            using var packed = new PackedWeights(matrices);
            packed.Pack(Tiers.Team);
            byte[] bytes = new ReadOnlySpan<byte>(packed.Data, (int)packed.Length).ToArray();
            Assert.Equal(bytes.AsSpan(0, (int)matrices[0].PackedBytes), bytes.AsSpan((int)packed.Offset(1), (int)matrices[1].PackedBytes));
            Assert.Equal(expected ??= bytes, bytes);
        }
    }
}
