namespace Takt.Compute.Cpu.Packing;

/// <summary>Four rows of activations, of which the last may be the same.</summary>
/// <param name="first">The first row.</param>
/// <param name="shorts">Its codes as 16-bit integers.</param>
/// <param name="second">Bytes from the first row to the second.</param>
/// <param name="third">Bytes to the third.</param>
/// <param name="fourth">Bytes to the fourth.</param>
internal readonly unsafe ref struct TileRows(ActivationRow first, byte* shorts, nint second, nint third, nint fourth)
{
    public readonly ActivationRow First = first;
    public readonly byte* Shorts = shorts;
    public readonly nint Second = second;
    public readonly nint Third = third;
    public readonly nint Fourth = fourth;
}
