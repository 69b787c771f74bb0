using System.Runtime.InteropServices;
using Iced.Intel;

namespace Takt.Compute.Tests.Cpu.Emitted.Simulator;

/// <summary>
/// Instructions on bfloat16, SDM volume 2 under their names: denormals count as zero and results that would be denormal become zero,
/// whatever MXCSR says.
/// </summary>
internal sealed partial class Processor
{
    private static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    private static float Value(ushort bfloat) => Flush(BitConverter.Int32BitsToSingle(bfloat << 16));

    private static float MultiplyAddFlushed(float sum, ushort a, ushort b) =>
        Flush(MathF.FusedMultiplyAdd(Value(a), Value(b), Flush(sum)));

    private static ushort ToBFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(Flush(value));
        if (float.IsNaN(value)) return (ushort)(bits >> 16 | 0x40);
        return (ushort)(bits + 0x7fff + (bits >> 16 & 1) >> 16); // to nearest even
    }

    // The second source's floats come first.
    private void NarrowToBFloat(in Instruction i)
    {
        ReadOnlySpan<float> upper = MemoryMarshal.Cast<byte, float>(Source(i, 1, 64)), lower = MemoryMarshal.Cast<byte, float>(Source(i, 2, 64));
        for (int lane = 0; lane < 16; lane++)
        {
            Result<ushort>()[lane] = ToBFloat(lower[lane]);
            Result<ushort>()[16 + lane] = ToBFloat(upper[lane]);
        }

        Finish(i);
    }

    private void Permute(in Instruction i)
    {
        ReadOnlySpan<ushort> index = MemoryMarshal.Cast<byte, ushort>(Source(i, 1, 64)), source = MemoryMarshal.Cast<byte, ushort>(Source(i, 2, 64));
        for (int lane = 0; lane < 32; lane++) Result<ushort>()[lane] = source[index[lane] & 31];
        Finish(i);
    }

    // The odd product is added first, then the even one.
    private void DotBFloats(in Instruction i)
    {
        ReadOnlySpan<float> sums = MemoryMarshal.Cast<byte, float>(Vector(i.Op0Register));
        ReadOnlySpan<ushort> a = MemoryMarshal.Cast<byte, ushort>(Source(i, 1, 64)), b = MemoryMarshal.Cast<byte, ushort>(Source(i, 2, 64));
        for (int lane = 0; lane < 16; lane++)
        {
            float sum = MultiplyAddFlushed(sums[lane], a[2 * lane + 1], b[2 * lane + 1]);
            Result<float>()[lane] = MultiplyAddFlushed(sum, a[2 * lane], b[2 * lane]);
        }

        Finish(i);
    }

    // Even and odd products are summed apart over the whole tile row, then together.
    private void DotBFloatTiles(in Instruction i)
    {
        (int target, int a, int b) = DotOperands(i);
        for (int m = 0; m < _tileRows[target]; m++)
        {
            Span<float> sums = MemoryMarshal.Cast<byte, float>(TileRow(target, m));
            ReadOnlySpan<ushort> left = MemoryMarshal.Cast<byte, ushort>(TileRow(a, m));
            for (int n = 0; n < _tileBytes[target] / 4; n++)
            {
                float even = 0, odd = 0;
                for (int k = 0; k < _tileBytes[a] / 4; k++)
                {
                    ReadOnlySpan<ushort> right = MemoryMarshal.Cast<byte, ushort>(TileRow(b, k));
                    even = MultiplyAddFlushed(even, left[2 * k], right[2 * n]);
                    odd = MultiplyAddFlushed(odd, left[2 * k + 1], right[2 * n + 1]);
                }

                sums[n] = Flush(Flush(sums[n]) + Flush(even + odd));
            }
        }
    }
}
