using System.IO.MemoryMappedFiles;

namespace Takt.Formats;

/// <summary>A file mapped into memory for reading.</summary>
/// <remarks>
/// While it is mapped, the file may be deleted or replaced by a move, but must not be written into: values would change, and
/// reading beyond an end that has moved kills the process (SIGBUS), as with any mapping on Unix. Tensors hold bare addresses, so
/// memory is returned by <see cref="Dispose"/> only, never by the garbage collector.
/// </remarks>
public sealed unsafe class FileMapping : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private bool _released;

    private FileMapping(string path, MemoryMappedFile file, long length)
    {
        Path = path;
        Length = length;
        _file = file;
        _view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* address = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        Start = address + _view.PointerOffset;
    }

    /// <summary>The file's path, for messages.</summary>
    public string Path { get; }

    /// <summary>The first byte.</summary>
    public byte* Start { get; }

    /// <summary>Size of the file in bytes, at least 1.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static FileMapping Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            long length = stream.Length;
            if (length == 0) throw new InvalidDataException($"{path}: the file is empty; download or convert the model again.");
            MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            try
            {
                return new FileMapping(path, file, length);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Maps a file for the model that <paramref name="parse"/> makes of it; when that fails, the mapping is released.</summary>
    internal static ModelFile Read(string path, Func<FileMapping, ModelFile> parse)
    {
        FileMapping mapping = Open(path);
        try
        {
            ForeignFile.Refuse(path, new ReadOnlySpan<byte>(mapping.Start, (int)Math.Min(64, mapping.Length)));
            ModelFile file = parse(mapping);
            foreach (Tensor tensor in file.Tensors) tensor.IsMapped = true;
            return file;
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_released) return;
        _released = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
