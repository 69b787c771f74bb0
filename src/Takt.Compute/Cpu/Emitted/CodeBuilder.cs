using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>How native code is called: which registers a function must give back as they were, and where its argument is.</summary>
internal enum CallConvention
{
    /// <summary>System V: Linux, macOS.</summary>
    SystemV,

    /// <summary>Microsoft x64.</summary>
    Windows,
}

/// <summary>Assembles one function of one pointer: entry and exit by the calling convention, constants behind the code.</summary>
internal sealed class CodeBuilder(CallConvention convention)
{
    private static readonly AssemblerRegister64[] Saved = [rbx, rbp, rdi, rsi, r12, r13, r14, r15];
    private static readonly AssemblerRegisterXMM[] SavedVectors = [xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
    private readonly List<(byte[] Bytes, Label Label)> _constants = [];

    /// <summary>The code so far.</summary>
    public Assembler Code { get; } = new(64);

    /// <summary>The convention of this process.</summary>
    public static CallConvention Native => OperatingSystem.IsWindows() ? CallConvention.Windows : CallConvention.SystemV;

    /// <summary>Saves every register that a caller may rely on; the argument is in rdi after it.</summary>
    public void Enter()
    {
        foreach (AssemblerRegister64 register in Saved) Code.push(register);
        if (convention != CallConvention.Windows) return;
        Code.sub(rsp, 16 * SavedVectors.Length);
        for (int i = 0; i < SavedVectors.Length; i++) Code.vmovups(__xmmword_ptr[rsp + 16 * i], SavedVectors[i]);
        Code.mov(rdi, rcx);
    }

    /// <summary>Restores them and returns.</summary>
    public void Leave()
    {
        Code.vzeroupper();
        if (convention == CallConvention.Windows)
        {
            for (int i = 0; i < SavedVectors.Length; i++) Code.vmovups(SavedVectors[i], __xmmword_ptr[rsp + 16 * i]);
            Code.add(rsp, 16 * SavedVectors.Length);
        }

        foreach (AssemblerRegister64 register in Saved.Reverse()) Code.pop(register);
        Code.ret();
    }

    /// <summary>The place of a field of the function's argument, whose address is in rdi.</summary>
    public static AssemblerMemoryOperand Field<TCall>(string name) where TCall : unmanaged =>
        __qword_ptr[rdi + (int)Marshal.OffsetOf<TCall>(name)];

    /// <summary>A place in the first to the fourth of rows that lie at equal distances.</summary>
    /// <param name="first">Points to the first row.</param>
    /// <param name="stride">Bytes to the next one.</param>
    /// <param name="thrice">Three times that.</param>
    /// <param name="row">The row, 0 to 3.</param>
    /// <param name="at">The place's offset in it.</param>
    public static AssemblerMemoryOperand Strided(
        AssemblerRegister64 first, AssemblerRegister64 stride, AssemblerRegister64 thrice, int row, int at) => row switch
        {
            0 => __[first + at],
            1 => __[first + stride + at],
            2 => __[first + stride * 2 + at],
            _ => __[first + thrice + at],
        };

    /// <summary>Where a constant lies, for a memory operand.</summary>
    public Label Constant(ReadOnlySpan<byte> bytes)
    {
        foreach ((byte[] known, Label label) in _constants)
        {
            if (bytes.SequenceEqual(known)) return label;
        }

        Label created = Code.CreateLabel();
        _constants.Add((bytes.ToArray(), created));
        return created;
    }

    /// <summary>A 32-bit constant, broadcast to all lanes by the instruction that reads it.</summary>
    public AssemblerMemoryOperand Broadcast(uint value) => __dword_bcst[Constant(BitConverter.GetBytes(value))];

    /// <summary>The machine code, which runs wherever it lies.</summary>
    public byte[] Assemble()
    {
        foreach ((byte[] bytes, Label label) in _constants)
        {
            Label place = label;
            Code.Label(ref place);
            Code.db(bytes);
        }

        _constants.Clear();
        using var stream = new MemoryStream();
        Code.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }
}
