using System.Text;

namespace Takt.Formats.Gguf;

/// <summary>Writes GGUF files of version 3, little endian.</summary>
public static class GgufWriter
{
    // The names that llama.cpp reads have at most 63 bytes.
    private const int LongestTensorName = 63;
    private const int LongestKey = 65_535;

    /// <summary>Writes a file: metadata, then tensors in the order given. The file appears under its name when it is whole.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="metadata">Values of the types that <see cref="ModelFile"/> names. <c>general.alignment</c> is obeyed.</param>
    /// <param name="tensors">Names, types and shapes.</param>
    /// <param name="writeData">Called for one tensor after the other to write exactly its bytes, so that no two need to be in memory.</param>
    /// <exception cref="ArgumentException">GGUF cannot hold a name, shape or value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="writeData"/> wrote more or fewer bytes than the tensor takes.</exception>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, object>> metadata,
        IReadOnlyList<TensorInfo> tensors,
        Action<TensorInfo, Stream> writeData)
    {
        KeyValuePair<string, object>[] pairs = [.. metadata];
        CheckNames(pairs, tensors);
        long alignment = AlignmentOf(pairs);
        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, pairs, tensors, alignment);
            if (tensors.Count > 0) Pad(stream, alignment);
            foreach (TensorInfo tensor in tensors)
            {
                AtomicFile.WriteTensor(stream, tensor, writeData);
                Pad(stream, alignment);
            }
        });
    }

    private static void WriteHeader(
        Stream stream, KeyValuePair<string, object>[] pairs, IReadOnlyList<TensorInfo> tensors, long alignment)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(GgufReader.Magic);
        writer.Write(3u);
        writer.Write((long)tensors.Count);
        writer.Write((long)pairs.Length);
        foreach ((string key, object value) in pairs)
        {
            GgufValueWriter.WriteString(writer, key);
            GgufValueWriter.WriteTyped(writer, key, value);
        }

        long offset = 0;
        foreach (TensorInfo tensor in tensors)
        {
            GgufValueWriter.WriteString(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Count);
            foreach (long length in tensor.Shape) writer.Write(length);
            writer.Write((uint)tensor.Type);
            writer.Write(offset);
            offset = GgufReader.Align(checked(offset + tensor.ByteLength), alignment);
        }
    }

    private static void Pad(Stream stream, long alignment)
    {
        long missing = GgufReader.Align(stream.Position, alignment) - stream.Position;
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (; missing > 0; missing -= zeros.Length) stream.Write(zeros[..(int)Math.Min(missing, zeros.Length)]);
    }

    private static void CheckNames(KeyValuePair<string, object>[] pairs, IReadOnlyList<TensorInfo> tensors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string key, _) in pairs)
        {
            if (key.Length == 0 || Encoding.UTF8.GetByteCount(key) > LongestKey || !seen.Add(key))
                throw new ArgumentException($"metadata key '{key}' is empty, longer than {LongestKey} bytes or there twice.", nameof(pairs));
        }

        seen.Clear();
        foreach (TensorInfo tensor in tensors)
        {
            if (Encoding.UTF8.GetByteCount(tensor.Name) > LongestTensorName || !seen.Add(tensor.Name))
                throw new ArgumentException($"tensor name '{tensor.Name}' is longer than {LongestTensorName} bytes or there twice.", nameof(tensors));
            if (tensor.Shape.Count > GgufReader.MostDimensions)
            {
                throw new ArgumentException(
                    $"tensor '{tensor.Name}' has {tensor.Shape.Count} dimensions; GGUF holds at most {GgufReader.MostDimensions}.", nameof(tensors));
            }
        }
    }

    private static long AlignmentOf(KeyValuePair<string, object>[] pairs)
    {
        object? value = pairs.FirstOrDefault(static pair => pair.Key == GgufReader.AlignmentKey).Value;
        return value switch
        {
            null => GgufReader.DefaultAlignment,
            uint alignment when uint.IsPow2(alignment) => alignment,
            _ => throw new ArgumentException($"{GgufReader.AlignmentKey} is {value}; it must be a power of two stored as uint.", nameof(pairs)),
        };
    }
}
