namespace Takt.Formats;

/// <summary>What a writer must know of a tensor before its data comes.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">How values are stored.</param>
/// <param name="Shape">Lengths of the dimensions; <c>Shape[0]</c> is the contiguous one.</param>
public sealed record TensorInfo(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Size of the data in bytes.</summary>
    /// <exception cref="ArgumentException">Rows are not whole blocks of the type.</exception>
    public long ByteLength => Type.ByteLength(Shape);
}
