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

    [Fact]
    public void Sources_on_loan_are_borrowed_a_part_at_a_time_and_given_back()
    {
        const int count = 300, rows = 16, columns = 32;
        using var source = new NativeBuffer(rows * columns * sizeof(float));
        for (int i = 0; i < rows * columns; i++) source.Floats[i] = i;
        using Backend backend = Backends.Create(Tiers.Team, "scalar");
        int[] loans = new int[count];
        int most = 0;
        Matrix[] matrices = new Matrix[count];
        for (int i = 0; i < count; i++)
        {
            int number = i;
            matrices[i] = backend.Describe(WeightFormat.F32, 0, rows, columns);
            matrices[i].LendSource(
                () =>
                {
                    loans[number]++;
                    most = Math.Max(most, loans.Count(static loan => loan == 1));
                    return (nint)source.Bytes;
                },
                () => loans[number] += 10);
        }

        using var packed = new PackedWeights(matrices);
        packed.Pack(Tiers.Team);
        Assert.All(loans, static loan => Assert.Equal(11, loan)); // once there and once back
        Assert.InRange(most, 2, count / 2);
        using Matrix alone = backend.Load(WeightFormat.F32, (nint)source.Bytes, rows, columns);
        for (int i = 0; i < count; i++)
            Assert.True(new ReadOnlySpan<byte>(alone.Data, (int)alone.PackedBytes).SequenceEqual(new(matrices[i].Data, (int)alone.PackedBytes)));
    }
}
