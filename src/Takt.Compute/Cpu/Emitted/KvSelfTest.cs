using Takt.Compute.Cpu.Kernels;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Compares attention's emitted products with plain loops, on small data, on the machine they are to run on.</summary>
internal static unsafe class KvSelfTest
{
    private const int Count = 5, Lanes = 48, Most = KvEmitter.MostQueries + 1;

    /// <summary>Runs the products of every number of queries.</summary>
    /// <param name="type">How rows are stored.</param>
    /// <param name="entry">The address of the emitted code.</param>
    /// <returns>Null where every bit is right, else what is not.</returns>
    public static string? Run(KvType type, nint entry)
    {
        var random = new Random(1);
        float* rows = stackalloc float[Count * Lanes], factors = stackalloc float[Most * Count], sums = stackalloc float[Most * Lanes];
        for (int i = 0; i < Most * Count; i++) factors[i] = random.NextSingle() - 0.5f;
        for (int i = 0; i < Count * Lanes; i++) Store(type, (byte*)rows, i, random.NextSingle() - 0.5f);
        int rowBytes = Lanes * (type == KvType.F32 ? sizeof(float) : sizeof(ushort));
        for (int queries = 1; queries <= Most; queries++)
        {
            new Span<float>(sums, Most * Lanes).Fill(queries);
            KvProduct product = new()
            {
                Rows = (byte*)rows,
                RowBytes = rowBytes,
                Count = Count,
                Lanes = Lanes,
                Factors = factors,
                FactorBytes = Count * sizeof(float),
                Sums = sums,
                SumBytes = Lanes * sizeof(float),
                Queries = queries,
            };
            ((delegate* unmanaged<KvProduct*, void>)entry)(&product);
            for (int i = 0; i < Most * Lanes; i++)
            {
                float wanted = queries;
                for (int row = 0; row < Count && i < queries * Lanes; row++)
                    wanted = MathF.FusedMultiplyAdd(factors[i / Lanes * Count + row], Load(type, (byte*)rows, row * Lanes + i % Lanes), wanted);
                if (BitConverter.SingleToInt32Bits(wanted) != BitConverter.SingleToInt32Bits(sums[i]))
                    return $"its self-test gave {sums[i]:R} where {wanted:R} was expected (query {i / Lanes} of {queries}, lane {i % Lanes})";
            }
        }

        return null;
    }

    private static void Store(KvType type, byte* rows, int index, float value)
    {
        if (type == KvType.F32) ((float*)rows)[index] = value;
        else ((ushort*)rows)[index] = type == KvType.F16 ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
    }

    private static float Load(KvType type, byte* rows, int index)
    {
        if (type == KvType.F32) return ((float*)rows)[index];
        ushort bits = ((ushort*)rows)[index];
        return type == KvType.F16 ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
    }
}
