using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>What an emitted kernel is called with: a pointer to this is its only argument.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelCall
{
    /// <summary>Room a call needs at <see cref="Scratch"/>, in bytes.</summary>
    public const int ScratchBytes = 2624;

    /// <summary>The group's packed scales.</summary>
    public byte* Scales;

    /// <summary>The group's packed codes.</summary>
    public byte* Planes;

    /// <summary>The first row's activation codes.</summary>
    public nint Codes;

    /// <summary>Bytes from a row's codes to its scales.</summary>
    public nint ToScales;

    /// <summary>Bytes from a row's codes to its sums.</summary>
    public nint ToSums;

    /// <summary>Bytes from a row's activations to the next row's.</summary>
    public long XStride;

    /// <summary>The first row's 16 results.</summary>
    public float* Y;

    /// <summary>Bytes from a row's results to the next row's.</summary>
    public long YStride;

    /// <summary>Blocks in a row, at least 1.</summary>
    public long Blocks;

    /// <summary>Rows of activations, at least 1.</summary>
    public long Rows;

    /// <summary>Memory of the call's own, aligned to 64 bytes.</summary>
    public byte* Scratch;

    /// <summary>The place of a field, with the call's address in rdi.</summary>
    public static AssemblerMemoryOperand Field(string name) => CodeBuilder.Field<KernelCall>(name);
}
