using System.Runtime.InteropServices;
using Iced.Intel;

namespace Takt.Compute.Tests.Cpu.Emitted.Simulator;

/// <summary>Vector instructions: SDM volume 2, under their names.</summary>
internal sealed partial class Processor
{
    private readonly byte[] _vectors = new byte[32 * 64];
    private readonly byte[] _operand = new byte[64], _result = new byte[64];

    private bool ExecuteVector(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Vmovups: Move(i); break;
            case Mnemonic.Vzeroupper: ZeroUpper(); break;
            case Mnemonic.Vpxord: Integers(i, static (a, b) => a ^ b); break;
            case Mnemonic.Vpandd: Integers(i, static (a, b) => a & b); break;
            case Mnemonic.Vpord: Integers(i, static (a, b) => a | b); break;
            case Mnemonic.Vpaddd: Integers(i, static (a, b) => unchecked(a + b)); break;
            case Mnemonic.Vpsubd: Integers(i, static (a, b) => unchecked(a - b)); break;
            case Mnemonic.Vpsubb: SubtractBytes(i); break;
            case Mnemonic.Vpslld: Shift(i, static (value, count) => count > 31 ? 0 : value << count); break;
            case Mnemonic.Vpsrld: Shift(i, static (value, count) => count > 31 ? 0 : value >> count); break;
            case Mnemonic.Vpsrad: Shift(i, static (value, count) => (uint)((int)value >> Math.Min(count, 31))); break;
            case Mnemonic.Vpsrlw: Shift(i, ShiftWords); break;
            case Mnemonic.Vpshufb: Shuffle(i); break;
            case Mnemonic.Vpdpbusd: DotBytes(i); break;
            case Mnemonic.Vpbroadcastd: Repeat(i, 4); break;
            case Mnemonic.Vbroadcasti32x4: Repeat(i, 16); break;
            case Mnemonic.Vpmovsxbd: Widen(i, 16, static (source, lane) => (sbyte)source[lane]); break;
            case Mnemonic.Vpmovzxbd: Widen(i, 16, static (source, lane) => source[lane]); break;
            case Mnemonic.Vpmovzxwd: Widen(i, 32, static (source, lane) => BitConverter.ToUInt16(source[(2 * lane)..])); break;
            case Mnemonic.Vcvtph2ps:
                // Exact; subnormal halves are converted whatever MXCSR says.
                Widen(i, 32, static (source, lane) => BitConverter.SingleToInt32Bits((float)BitConverter.ToHalf(source[(2 * lane)..])));
                break;
            case Mnemonic.Vcvtdq2ps: Convert(i); break;
            case Mnemonic.Vmulps: Floats(i, static (_, a, b) => a * b); break;
            case Mnemonic.Vfmadd231ps: Floats(i, MultiplyAdd); break;
            case Mnemonic.Vfnmadd231ps: Floats(i, static (sum, a, b) => MultiplyAdd(sum, -a, b)); break;
            case Mnemonic.Vfmsub213ps: Floats(i, static (factor, a, b) => MultiplyAdd(-b, factor, a)); break;
            case Mnemonic.Vpermw: Permute(i); break;
            case Mnemonic.Vcvtne2ps2bf16: NarrowToBFloat(i); break;
            case Mnemonic.Vdpbf16ps: DotBFloats(i); break;
            default: return false;
        }

        return true;
    }

    private static float MultiplyAdd(float sum, float a, float b) => MathF.FusedMultiplyAdd(a, b, sum);

    private static uint ShiftWords(uint value, int count) =>
        count > 15 ? 0 : (value & 0xffff) >> count | value >> 16 >> count << 16;

    private Span<byte> Vector(int register) => _vectors.AsSpan(64 * register, 64);

    private Span<byte> Vector(Register register)
    {
        if (!register.IsZMM()) throw new SimulationException($"{register}: only 512-bit registers are simulated here");
        return Vector(register - Register.ZMM0);
    }

    // The bytes of a source: a register, memory of that size, or 32 bits of memory repeated.
    private ReadOnlySpan<byte> Source(in Instruction i, int operand, int size)
    {
        if (i.GetOpKind(operand) == OpKind.Register) return Vector(i.GetOpRegister(operand))[..size];
        if (i.MemorySize.GetSize() != (i.IsBroadcast ? 4 : size)) throw new SimulationException($"its memory is not of {size} bytes");
        if (!i.IsBroadcast) return Bytes(Address(i), size, false);
        for (int at = 0; at < 64; at += 4) Bytes(Address(i), 4, false).CopyTo(_operand.AsSpan(at));
        return _operand;
    }

    private void Finish(in Instruction i) => _result.CopyTo(Vector(i.Op0Register));

    private Span<T> Result<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(_result.AsSpan());

    private void Move(in Instruction i)
    {
        if (i.Op0Kind == OpKind.Memory)
        {
            (int source, int stored) = i.Op1Register.IsZMM() ? (i.Op1Register - Register.ZMM0, 64) : (i.Op1Register - Register.XMM0, 16);
            Vector(source)[..stored].CopyTo(Bytes(Address(i), stored, true));
            return;
        }

        if (i.Op0Register.IsZMM())
        {
            Source(i, 1, 64).CopyTo(Vector(i.Op0Register));
            return;
        }

        // VEX-encoded loads of 128 bits clear what lies above.
        Span<byte> register = Vector(i.Op0Register - Register.XMM0);
        register.Clear();
        Bytes(Address(i), 16, false).CopyTo(register);
    }

    private void ZeroUpper()
    {
        for (int register = 0; register < 16; register++) Vector(register)[16..].Clear();
    }

    private void Integers(in Instruction i, Func<int, int, int> operation)
    {
        ReadOnlySpan<int> a = MemoryMarshal.Cast<byte, int>(Source(i, 1, 64)), b = MemoryMarshal.Cast<byte, int>(Source(i, 2, 64));
        for (int lane = 0; lane < 16; lane++) Result<int>()[lane] = operation(a[lane], b[lane]);
        Finish(i);
    }

    private void SubtractBytes(in Instruction i)
    {
        ReadOnlySpan<byte> a = Source(i, 1, 64), b = Source(i, 2, 64);
        for (int lane = 0; lane < 64; lane++) _result[lane] = unchecked((byte)(a[lane] - b[lane]));
        Finish(i);
    }

    private void Shift(in Instruction i, Func<uint, int, uint> operation)
    {
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(Source(i, 1, 64));
        for (int lane = 0; lane < 16; lane++) Result<uint>()[lane] = operation(source[lane], i.Immediate8);
        Finish(i);
    }

    // Each 128 bits apart: an index's low four bits choose, its highest bit gives zero.
    private void Shuffle(in Instruction i)
    {
        ReadOnlySpan<byte> table = Source(i, 1, 64), index = Source(i, 2, 64);
        for (int lane = 0; lane < 64; lane++) _result[lane] = index[lane] > 127 ? (byte)0 : table[(lane & 48) + (index[lane] & 15)];
        Finish(i);
    }

    // Unsigned bytes of the first source, signed ones of the second; sums wrap.
    private void DotBytes(in Instruction i)
    {
        ReadOnlySpan<int> sums = MemoryMarshal.Cast<byte, int>(Vector(i.Op0Register));
        ReadOnlySpan<byte> a = Source(i, 1, 64), b = Source(i, 2, 64);
        for (int lane = 0; lane < 16; lane++)
        {
            int sum = sums[lane];
            for (int k = 4 * lane; k < 4 * lane + 4; k++) sum = unchecked(sum + a[k] * (sbyte)b[k]);
            Result<int>()[lane] = sum;
        }

        Finish(i);
    }

    private void Repeat(in Instruction i, int size)
    {
        if (i.Op1Kind != OpKind.Memory) throw new SimulationException("only memory is broadcast here");
        ReadOnlySpan<byte> source = Bytes(Address(i), size, false);
        for (int at = 0; at < 64; at += size) source.CopyTo(_result.AsSpan(at));
        Finish(i);
    }

    private delegate int Lane(ReadOnlySpan<byte> source, int lane);

    private void Widen(in Instruction i, int size, Lane operation)
    {
        ReadOnlySpan<byte> source = Source(i, 1, size);
        for (int lane = 0; lane < 16; lane++) Result<int>()[lane] = operation(source, lane);
        Finish(i);
    }

    private void Convert(in Instruction i)
    {
        ReadOnlySpan<int> source = MemoryMarshal.Cast<byte, int>(Source(i, 1, 64));
        for (int lane = 0; lane < 16; lane++) Result<float>()[lane] = source[lane];
        Finish(i);
    }

    private void Floats(in Instruction i, Func<float, float, float, float> operation)
    {
        ReadOnlySpan<float> target = MemoryMarshal.Cast<byte, float>(Vector(i.Op0Register));
        ReadOnlySpan<float> a = MemoryMarshal.Cast<byte, float>(Source(i, 1, 64)), b = MemoryMarshal.Cast<byte, float>(Source(i, 2, 64));
        for (int lane = 0; lane < 16; lane++) Result<float>()[lane] = operation(target[lane], a[lane], b[lane]);
        Finish(i);
    }
}
