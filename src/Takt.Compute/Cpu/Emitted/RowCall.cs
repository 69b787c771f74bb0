using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>What the product of packed groups with one row is called with: a pointer to this is its only argument.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RowCall
{
    /// <summary>The first group's packed scales.</summary>
    public nint Scales;

    /// <summary>The first group's packed codes.</summary>
    public nint Planes;

    /// <summary>Bytes from a group to the next one that is read with it.</summary>
    public long Far;

    /// <summary><see cref="Far"/> times the groups that are read in turn.</summary>
    public long FarEnd;

    /// <summary>Blocks in a row, at least 1.</summary>
    public long Blocks;

    /// <summary>How far ahead of the codes memory is asked for, in bytes.</summary>
    public long Ahead;

    /// <summary>The activations' codes.</summary>
    public nint X;

    /// <summary>Their scales.</summary>
    public nint XScales;

    /// <summary>The sums of their codes.</summary>
    public nint XSums;

    /// <summary>The first group's 16 totals, which products are added to.</summary>
    public float* Y;

    /// <summary>Bytes from a group's totals to those of the next group that is read with it.</summary>
    public long YFar;

    /// <summary>The place of a field, with the call's address in rdi.</summary>
    public static AssemblerMemoryOperand Field(string name) => CodeBuilder.Field<RowCall>(name);
}
