using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu.Emitted.Simulator;

/// <summary>
/// Interprets machine code: the instructions that emitted kernels use, as the Intel Software Developer's Manual (volume 2) defines
/// their operation, and no others. Memory is real; what code may touch of it is checked to the byte. A function must leave the stack
/// and the registers that belong to its caller as they were.
/// </summary>
internal sealed unsafe partial class Processor : IDisposable
{
    private const int MostSteps = 50_000_000, StackBytes = 4096;
    private const ulong ReturnAddress = 0x7e7e_7e7e_7e7e;

    private readonly CallConvention _convention;
    private readonly NativeBuffer _code;
    private readonly NativeBuffer _stack = new(StackBytes);
    private readonly Dictionary<ulong, Instruction> _decoded = [];
    private readonly ulong[] _general = new ulong[16];
    private bool _zero, _sign, _overflow;
    private ulong _next;

    /// <summary>Takes in a function's machine code.</summary>
    public Processor(byte[] code, CallConvention convention)
    {
        _convention = convention;
        _code = new NativeBuffer(code.Length);
        code.CopyTo(new Span<byte>(_code.Bytes, code.Length));
        Memory.Allow(_code.Bytes, code.Length, false, "the code");
        Memory.Allow(_stack.Bytes, StackBytes, true, "the stack");
    }

    /// <summary>What code may touch.</summary>
    public SimulatedMemory Memory { get; } = new();

    /// <summary>Calls the function with one pointer.</summary>
    public void Call(void* argument)
    {
        Spoil();
        ulong stack = (ulong)_stack.Bytes + StackBytes - 64;
        General(Register.RSP) = stack;
        General(_convention == CallConvention.Windows ? Register.RCX : Register.RDI) = (ulong)argument;
        Push(ReturnAddress);
        ulong[] general = [.. _general];
        byte[] vectors = [.. _vectors];
        _next = (ulong)_code.Bytes;
        for (int step = 0; _next != ReturnAddress; step++)
        {
            if (step == MostSteps) throw new SimulationException("the function does not return");
            Instruction instruction = Decode();
            try
            {
                Execute(instruction);
            }
            catch (SimulationException error)
            {
                throw new SimulationException($"{instruction}: {error.Message}");
            }
        }

        CheckReturn(stack, general, vectors);
    }

    // A caller may leave anything in registers.
    private void Spoil()
    {
        var random = new Random(3);
        random.NextBytes(_vectors);
        random.NextBytes(MemoryMarshal.AsBytes(_general.AsSpan()));
    }

    private void CheckReturn(ulong stack, ulong[] general, byte[] vectors)
    {
        bool windows = _convention == CallConvention.Windows;
        if (General(Register.RSP) != stack) throw new SimulationException("the stack is not balanced");
        Register[] saved = [Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15];
        foreach (Register register in windows ? [.. saved, Register.RDI, Register.RSI] : saved)
        {
            if (General(register) != general[register - Register.RAX]) throw new SimulationException($"{register} is not restored");
        }

        for (int i = 0; i < 16; i++)
        {
            if (windows && i is >= 6 and <= 15 && !Vector(i)[..16].SequenceEqual(vectors.AsSpan(64 * i, 16)))
                throw new SimulationException($"xmm{i} is not restored");
            if (Vector(i)[16..].ContainsAnyExcept((byte)0)) throw new SimulationException("upper halves of registers are left in use");
        }

        if (_tilesConfigured) throw new SimulationException("tiles are not released");
    }

    private Instruction Decode()
    {
        if (!_decoded.TryGetValue(_next, out Instruction instruction))
        {
            long rest = (long)(_code.Bytes + _code.Length - _next);
            if (rest <= 0 || _next < (ulong)_code.Bytes) throw new SimulationException("the function goes on outside its code");
            var decoder = Decoder.Create(64, new Span<byte>((void*)_next, (int)rest).ToArray(), _next);
            decoder.Decode(out instruction);
            if (instruction.HasOpMask || instruction.SuppressAllExceptions || instruction.RoundingControl != RoundingControl.None)
                throw new SimulationException($"{instruction}: masks and rounding control are not simulated");
            _decoded.Add(_next, instruction);
        }

        _next = instruction.NextIP;
        return instruction;
    }

    private void Execute(in Instruction instruction)
    {
        if (!ExecuteGeneral(instruction) && !ExecuteVector(instruction) && !ExecuteTile(instruction))
            throw new SimulationException("is an instruction that is not simulated");
    }

    private bool ExecuteGeneral(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Prefetcht0: break; // a prefetch may name any address
            case Mnemonic.Push: Push(General(i.Op0Register)); break;
            case Mnemonic.Pop: General(i.Op0Register) = Pop(); break;
            case Mnemonic.Ret: _next = Pop(); break;
            case Mnemonic.Mov: General(i.Op0Register) = Value(i, 1); break;
            case Mnemonic.Lea: General(i.Op0Register) = Address(i); break;
            case Mnemonic.Add: General(i.Op0Register) = SetFlags(General(i.Op0Register), Value(i, 1), false); break;
            case Mnemonic.Sub: General(i.Op0Register) = SetFlags(General(i.Op0Register), Value(i, 1), true); break;
            case Mnemonic.Cmp: SetFlags(General(i.Op0Register), Value(i, 1), true); break;
            case Mnemonic.Dec: General(i.Op0Register) = SetFlags(General(i.Op0Register), 1, true); break;
            case Mnemonic.Shl: General(i.Op0Register) <<= i.Immediate8 & 63; break; // flags: nothing here reads them
            case Mnemonic.Jmp: _next = i.NearBranch64; break;
            case Mnemonic.Jne: Branch(i, !_zero); break;
            case Mnemonic.Jl: Branch(i, _sign != _overflow); break;
            case Mnemonic.Jge: Branch(i, _sign == _overflow); break;
            default: return false;
        }

        return true;
    }

    private void Branch(in Instruction i, bool taken)
    {
        if (taken) _next = i.NearBranch64;
    }

    private ulong SetFlags(ulong a, ulong b, bool subtract)
    {
        ulong result = subtract ? a - b : a + b;
        _zero = result == 0;
        _sign = (long)result < 0;
        _overflow = (long)((a ^ result) & (subtract ? a ^ b : b ^ result)) < 0;
        return result;
    }

    private ulong Value(in Instruction i, int operand) => i.GetOpKind(operand) switch
    {
        OpKind.Register => General(i.GetOpRegister(operand)),
        OpKind.Memory => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(Address(i), 8, false)),
        _ => i.GetImmediate(operand),
    };

    private ref ulong General(Register register)
    {
        if (!register.IsGPR64()) throw new SimulationException($"{register}: only 64-bit registers are simulated");
        return ref _general[register - Register.RAX];
    }

    private ulong Address(in Instruction i)
    {
        if (i.IsIPRelativeMemoryOperand) return i.IPRelativeMemoryAddress;
        ulong address = General(i.MemoryBase) + i.MemoryDisplacement64;
        return i.MemoryIndex == Register.None ? address : address + General(i.MemoryIndex) * (ulong)i.MemoryIndexScale;
    }

    private Span<byte> Bytes(ulong address, int length, bool write)
    {
        ulong stack = (ulong)_stack.Bytes;
        if (address >= stack && address < stack + StackBytes && address < General(Register.RSP))
            throw new SimulationException("memory below the stack pointer is used");
        return Memory.At(address, length, write);
    }

    private void Push(ulong value)
    {
        General(Register.RSP) -= 8;
        BinaryPrimitives.WriteUInt64LittleEndian(Bytes(General(Register.RSP), 8, true), value);
    }

    private ulong Pop()
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(Bytes(General(Register.RSP), 8, false));
        General(Register.RSP) += 8;
        return value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _code.Dispose();
        _stack.Dispose();
    }
}
