namespace Takt.Formats;

/// <summary>Gives tensors their addresses in a mapped file, after checking that they lie inside and apart from each other.</summary>
internal sealed unsafe class TensorPlacer(string path, byte* start, long length)
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Adds a tensor of <paramref name="bytes"/> bytes at <paramref name="origin"/> + <paramref name="offset"/>.</summary>
    public void Place(TensorInfo info, long origin, ulong offset, long bytes)
    {
        // Sums of untrusted numbers could wrap around; differences of checked ones cannot.
        if (bytes > 0 && (origin > length || offset > (ulong)(length - origin) || bytes > length - origin - (long)offset))
        {
            throw new InvalidDataException(
                $"{path}: tensor '{info.Name}' takes {bytes} bytes at {origin} + {offset}, but the file has only {length}; "
                + "it is damaged or its download is incomplete.");
        }

        nint address = bytes == 0 ? (nint)start : (nint)(start + origin + (long)offset);
        _tensors.Add(new Tensor(info.Name, info.Type, info.Shape, address, bytes));
    }

    /// <summary>The tensors in the order they were added.</summary>
    public IReadOnlyList<Tensor> Finish()
    {
        Tensor? before = null;
        foreach (Tensor tensor in _tensors.Where(static t => t.ByteLength > 0).OrderBy(static t => t.Data))
        {
            if (before is not null && tensor.Data < before.Data + before.ByteLength)
            {
                throw new InvalidDataException(
                    $"{path}: tensors '{before.Name}' and '{tensor.Name}' overlap; every tensor must have its own bytes. The file is damaged.");
            }

            before = tensor;
        }

        return _tensors;
    }
}
