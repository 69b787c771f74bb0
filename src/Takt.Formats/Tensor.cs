namespace Takt.Formats;

/// <summary>A named array in memory that a <see cref="ModelFile"/> owns.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">How values are stored.</param>
/// <param name="Shape">Lengths of the dimensions; <c>Shape[0]</c> is the contiguous one (a matrix of R rows of K values has shape [K, R]).</param>
/// <param name="Data">Address of the first byte; 0 where <see cref="Derived"/> makes it.</param>
/// <param name="ByteLength">Size in bytes.</param>
public sealed unsafe record Tensor(string Name, TensorType Type, IReadOnlyList<long> Shape, nint Data, long ByteLength)
{
    /// <summary>Address of the first byte, valid while the file is open; bytes that are computed stay in memory from the first reading on.</summary>
    public nint Data { get => Derived?.Keep() ?? field; init; } = Data;

    /// <summary>The bytes of a tensor that is computed, or null where they lie at <see cref="Data"/> anyway.</summary>
    public DerivedBytes? Derived { get; init; }

    /// <summary>Whether the bytes are a file's, mapped: pages of them that are let go come back when they are read.</summary>
    public bool IsMapped { get; internal set; }

    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>Values in one row: the contiguous dimension (1 for a scalar).</summary>
    public long RowLength => Shape.Count == 0 ? 1 : Shape[0];

    /// <summary>Number of rows: the product of all dimensions but the first.</summary>
    public long Rows => RowLength == 0 ? 0 : Count / RowLength;

    /// <summary>The bytes as a span; for tensors under 2 GB.</summary>
    public ReadOnlySpan<byte> Bytes => new((void*)Data, checked((int)ByteLength));

    /// <summary>Name, type and shape, as a writer takes them.</summary>
    public TensorInfo Info => new(Name, Type, Shape);

    /// <summary>Address of the first byte until <see cref="GiveBack"/>: computed bytes need not stay in memory for it.</summary>
    public nint Borrow() => Derived?.Borrow() ?? Data;

    /// <summary>Ends one <see cref="Borrow"/>.</summary>
    public void GiveBack() => Derived?.GiveBack();

    /// <summary>Writes the bytes, of any number, to a stream.</summary>
    public void CopyTo(Stream destination)
    {
        const int LargestPiece = 1 << 30;
        nint data = Borrow();
        try
        {
            for (long done = 0; done < ByteLength; done += LargestPiece)
                destination.Write(new ReadOnlySpan<byte>((byte*)data + done, (int)Math.Min(LargestPiece, ByteLength - done)));
        }
        finally
        {
            GiveBack();
        }
    }
}
