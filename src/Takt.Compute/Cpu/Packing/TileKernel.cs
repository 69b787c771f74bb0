namespace Takt.Compute.Cpu.Packing;

/// <summary>How the integer dots of a tile are made, as data that code can be made from.</summary>
/// <param name="Shorts">Whether codes are 16-bit integers, even and odd ones apart; else unsigned bytes.</param>
/// <param name="Chain">Quads whose dots are added before they are stored: 2, 4 or 8 of a part's 8.</param>
/// <param name="Offset">What is taken from unsigned codes, a power of two; 0 for nothing.</param>
internal readonly record struct TileShape(bool Shorts, int Chain, int Offset);

/// <summary>A kernel that multiplies many rows in tiles of four, whose integer dots may go by emitted code.</summary>
internal abstract unsafe class TileKernel : MatrixKernel
{
    /// <summary>The shape of its dots.</summary>
    public abstract TileShape Shape { get; }

    /// <summary>The address of a function of one <see cref="TileCall"/> that makes them; 0 to make them in C#.</summary>
    protected nint EmittedDots { get; private set; }

    /// <summary>The same kernel with its dots by emitted code.</summary>
    public TileKernel WithDots(nint entry)
    {
        var copy = (TileKernel)MemberwiseClone();
        copy.EmittedDots = entry;
        return copy;
    }
}

/// <summary>What emitted dots are called with: a pointer to this is their only argument.</summary>
internal unsafe struct TileCall
{
    /// <summary>The parts' unpacked codes: 512 bytes a part, or 1024 of 16-bit integers.</summary>
    public byte* Codes;

    /// <summary>How many parts, at least 1; the first is an even one of its row.</summary>
    public long Parts;

    /// <summary>The first row's activations: int8, or 16-bit integers.</summary>
    public byte* X;

    /// <summary>The first row's sums.</summary>
    public nint Sums;

    /// <summary>Bytes from the first row to the second.</summary>
    public nint Second;

    /// <summary>Bytes from the first row to the third.</summary>
    public nint Third;

    /// <summary>Bytes from the first row to the fourth.</summary>
    public nint Fourth;

    /// <summary>The first row of the tile after this one: it is read ahead.</summary>
    public byte* Next;

    /// <summary>Receives 16 integers a row, the four rows of a chain together.</summary>
    public int* Dots;
}
