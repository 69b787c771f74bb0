using System.Runtime.InteropServices;
using Iced.Intel;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>What products of packed floats are called with: a pointer to this is their only argument.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FloatCall
{
    /// <summary>The first group's columns.</summary>
    public byte* Weights;

    /// <summary>Bytes from a group to the next one that is multiplied with it; only for one row.</summary>
    public long WeightsFar;

    /// <summary>How far ahead of the weights memory is asked for, in bytes; by the first tile only.</summary>
    public long Ahead;

    /// <summary>Steps of <see cref="FloatEmitter.Step"/> columns, at least 1.</summary>
    public long Steps;

    /// <summary>The first row's activations. The call of tiles moves it on.</summary>
    public nint X;

    /// <summary>Bytes from a row's activations to the next row's; only for tiles.</summary>
    public long XFar;

    /// <summary>Tiles, at least 1; only for them.</summary>
    public long Tiles;

    /// <summary>The first 16 results. Tiles add to them.</summary>
    public float* Y;

    /// <summary>Bytes to the results of the next group, or of the next row.</summary>
    public long YFar;

    /// <summary>The place of a field, with the call's address in rdi.</summary>
    public static AssemblerMemoryOperand Field(string name) => CodeBuilder.Field<FloatCall>(name);
}
