namespace Takt.Formats;

/// <summary>Writes a file so that its name only ever shows a whole one.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary file in the same folder and then moves it to <paramref name="path"/>,
    /// over a file that may be there. When anything fails, the temporary file goes and the old one stays.
    /// What lies under <c>/dev</c> (<c>/dev/stdout</c>, <c>/dev/null</c>) is written to, never replaced; of a symbolic link the file
    /// it leads to is written, and the link stays.
    /// </summary>
    public static void Write(string path, Action<FileStream> write)
    {
        if (!IsDevice(path)) path = Target(path);
        // Found out now rather than after gigabytes were written.
        if (Directory.Exists(path)) throw new IOException($"{path}: is a folder; give the name of the file to write.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{path}: the folder does not exist; create it first.");
        if (IsDevice(path))
        {
            using var device = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            write(device);
            return;
        }

        string temporary = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Lets <paramref name="writeData"/> write a tensor's bytes and checks that it wrote all of them and no more.</summary>
    public static void WriteTensor(Stream stream, TensorInfo tensor, Action<TensorInfo, Stream> writeData)
    {
        long before = stream.Position;
        writeData(tensor, stream);
        long written = stream.Position - before;
        if (written != tensor.ByteLength)
            throw new InvalidOperationException($"tensor '{tensor.Name}' got {written} bytes of data; its type and shape take {tensor.ByteLength}.");
    }

    /// <summary>The file that is written when this path is: where a symbolic link leads to, else the path itself.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Target(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;

    private static bool IsDevice(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) && Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal)
        && !Path.GetFullPath(path).StartsWith("/dev/shm/", StringComparison.Ordinal);
}
