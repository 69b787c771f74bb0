namespace Takt.Formats;

/// <summary>
/// What a model file holds, whatever its format: metadata under GGUF's keys and tensors that lie in mapped or owned memory.
/// </summary>
/// <remarks>
/// Metadata values keep their stored type: <see cref="byte"/>, <see cref="sbyte"/>, <see cref="ushort"/>, <see cref="short"/>,
/// <see cref="uint"/>, <see cref="int"/>, <see cref="ulong"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>,
/// <see cref="bool"/>, <see cref="string"/>, or a typed array of one of these (arrays of arrays are <c>object[]</c>).
/// Disposing the file ends the life of every tensor's memory.
/// </remarks>
public sealed class ModelFile : IDisposable
{
    private readonly Dictionary<string, Tensor> _byName;
    private readonly IDisposable? _owner;

    /// <summary>Joins metadata and tensors; <paramref name="owner"/> is disposed with the file (a mapping, a buffer).</summary>
    /// <exception cref="InvalidDataException">Two tensors have the same name.</exception>
    public ModelFile(
        string path, IReadOnlyDictionary<string, object> metadata, IReadOnlyList<Tensor> tensors, IDisposable? owner)
    {
        Path = path;
        Metadata = metadata;
        Tensors = tensors;
        _owner = owner;
        _byName = new Dictionary<string, Tensor>(tensors.Count, StringComparer.Ordinal);
        foreach (Tensor tensor in tensors)
        {
            if (!_byName.TryAdd(tensor.Name, tensor))
                throw new InvalidDataException($"{path}: two tensors are named '{tensor.Name}'; names must be unique.");
        }
    }

    /// <summary>The file or folder it was read from.</summary>
    public string Path { get; }

    /// <summary>Metadata by GGUF key, such as <c>general.architecture</c>.</summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>All tensors, in the file's order.</summary>
    public IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>The tensor of that name, or null.</summary>
    public Tensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();
}
