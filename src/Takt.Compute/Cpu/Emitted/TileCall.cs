using System.Runtime.InteropServices;
using Iced.Intel;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>What products of packed blocks with tiles of four rows are called with: a pointer to this is their only argument.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileCall
{
    /// <summary>Room a call needs at <see cref="Scratch"/>, in bytes.</summary>
    public const int ScratchBytes = 1024;

    /// <summary>The first block's packed scales.</summary>
    public nint Scales;

    /// <summary>The first block's packed codes.</summary>
    public nint Planes;

    /// <summary>Blocks, at least 1.</summary>
    public long Blocks;

    /// <summary>Blocks that are left of a tile: the call's own.</summary>
    public long BlocksLeft;

    /// <summary>Tiles, at least 1. The call counts them down.</summary>
    public long Tiles;

    /// <summary>How far ahead of the codes memory is asked for, in bytes.</summary>
    public long Ahead;

    /// <summary>The first row's activations' codes.</summary>
    public nint X;

    /// <summary>Their scales.</summary>
    public nint XScales;

    /// <summary>The sums of their codes.</summary>
    public nint XSums;

    /// <summary>Bytes from a row's activations to the next row's.</summary>
    public long XStride;

    /// <summary>The first row's 16 totals, which products are added to.</summary>
    public float* Y;

    /// <summary>Bytes from a row's totals to the next row's.</summary>
    public long YStride;

    /// <summary>Memory of the call's own, aligned to 64 bytes.</summary>
    public byte* Scratch;

    /// <summary>The place of a field, with the call's address in rdi.</summary>
    public static AssemblerMemoryOperand Field(string name) => CodeBuilder.Field<TileCall>(name);
}
