using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Kernels;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted;

/// <summary>Attention's emitted products, which run on every x86-64 machine with AVX2 and F16C.</summary>
public sealed unsafe class KvEmitterTests
{
    private const int Gap = 3;

    [Theory]
    [InlineData(KvType.F32)]
    [InlineData(KvType.F16)]
    [InlineData(KvType.BF16)]
    public void Products_of_stored_rows_have_the_bits_of_scalar_code_on_floats(KvType type)
    {
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        nint entry = EmittedKernels.Attention(type, wider: false).Stored;
        Assert.NotEqual(0, entry);
        foreach (int lanes in new[] { 16, 32, 48, 128 })
        {
            for (int queries = 1; queries <= 14; queries++) Check(type, entry, queries, 1 + (queries * 7 + lanes) % 40, lanes);
        }
    }

    [Fact]
    public void Tiers_with_wider_registers_take_what_converts_halves_only()
    {
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        Assert.NotEqual(0, EmittedKernels.Attention(KvType.F16, wider: true).Stored);
        Assert.Equal(0, EmittedKernels.Attention(KvType.F16, wider: true).Floats);
        Assert.Equal(default, EmittedKernels.Attention(KvType.F32, wider: true));
        Assert.Equal(default, EmittedKernels.Attention(KvType.Q8_0, wider: true));
    }

    [Fact]
    public void Quantised_rows_become_floats_first()
    {
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        Assert.Equal(new KvEntries(0, EmittedKernels.Attention(KvType.F32, wider: false).Stored), EmittedKernels.Attention(KvType.Q8_0, wider: false));
    }

    [Fact]
    public void A_product_of_another_format_fails_the_self_test_and_says_where()
    {
        if (!Avx2.IsSupported) Assert.Skip("needs a processor with AVX2");
        string? reason = KvSelfTest.Run(KvType.F16, EmittedKernels.Attention(KvType.BF16, wider: false).Stored);
        Assert.NotNull(reason);
        Assert.EndsWith("(query 0 of 1, lane 0)", reason, StringComparison.Ordinal);
    }

    private static void Check(KvType type, nint entry, int queries, int count, int lanes)
    {
        var random = new Random(count);
        int factorStride = count + Gap, sumStride = lanes + Gap, rowStride = lanes + 8, bytes = type == KvType.F32 ? 4 : 2;
        using NativeBuffer floats = new(count * rowStride * 4), rows = new(count * rowStride * bytes), factors = new(queries * factorStride * 4);
        using NativeBuffer expected = new(queries * sumStride * 4), actual = new(expected.Length);
        for (int i = 0; i < count * rowStride; i++) Store(type, rows.Bytes, floats.Floats, i, random);
        for (int i = 0; i < queries * factorStride; i++) factors.Floats[i] = random.NextSingle() - 0.5f;
        for (int i = 0; i < queries * sumStride; i++) expected.Floats[i] = actual.Floats[i] = random.NextSingle();
        KvProduct product = new()
        {
            Rows = floats.Bytes,
            RowBytes = rowStride * sizeof(float),
            Count = count,
            Lanes = lanes,
            Factors = factors.Floats,
            FactorBytes = factorStride * sizeof(float),
            Sums = expected.Floats,
            SumBytes = sumStride * sizeof(float),
            Queries = queries,
        };
        KvProduct stored = product with { Rows = rows.Bytes, RowBytes = rowStride * bytes, Sums = actual.Floats };
        product.Add<LanesScalar>(0);
        stored.Add<Lanes256>(entry);
        Assert.Equal(new Span<int>(expected.Bytes, queries * sumStride).ToArray(), new Span<int>(actual.Bytes, queries * sumStride).ToArray());
    }

    // Subnormal numbers, zeros and large ones among ordinary ones.
    private static void Store(KvType type, byte* rows, float* floats, int index, Random random)
    {
        float value = random.Next(10) switch
        {
            0 => random.NextSingle() * 1e-6f,
            1 => -0f,
            2 => 60000f * (random.NextSingle() - 0.5f),
            _ => random.NextSingle() - 0.5f,
        };
        switch (type)
        {
            case KvType.F32:
                floats[index] = ((float*)rows)[index] = value;
                break;
            case KvType.F16:
                ((Half*)rows)[index] = (Half)value;
                floats[index] = (float)(Half)value;
                break;
            default:
                uint bits = BitConverter.SingleToUInt32Bits(value) & 0xffff0000;
                ((ushort*)rows)[index] = (ushort)(bits >> 16);
                floats[index] = BitConverter.UInt32BitsToSingle(bits);
                break;
        }
    }
}
