using System.Buffers;
using System.Text.Json;

namespace Takt.Formats.Safetensors;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes a file: header, then tensors in the order given. The file appears under its name when it is whole.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="metadata">Becomes <c>__metadata__</c>; left out when empty.</param>
    /// <param name="tensors">Names, types (plain numbers only) and shapes.</param>
    /// <param name="writeData">Called for one tensor after the other to write exactly its bytes.</param>
    /// <exception cref="ArgumentException">A tensor is quantised, or a name is there twice.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="writeData"/> wrote more or fewer bytes than the tensor takes.</exception>
    public static void Write(
        string path,
        IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<TensorInfo> tensors,
        Action<TensorInfo, Stream> writeData)
    {
        byte[] header = HeaderOf(metadata, tensors);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(BitConverter.GetBytes((ulong)header.Length));
            stream.Write(header);
            foreach (TensorInfo tensor in tensors) AtomicFile.WriteTensor(stream, tensor, writeData);
        });
    }

    private static byte[] HeaderOf(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorInfo> tensors)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }

            WriteTensors(json, tensors);
            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the data is aligned.
        int length = (text.WrittenCount + 7) & -8;
        byte[] header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        text.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteTensors(Utf8JsonWriter json, IReadOnlyList<TensorInfo> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        long offset = 0;
        foreach (TensorInfo tensor in tensors)
        {
            if (!names.Add(tensor.Name)) throw new ArgumentException($"tensor name '{tensor.Name}' is there twice or reserved.", nameof(tensors));
            string type = SafetensorsTypes.NameOf(tensor.Type) ?? throw new ArgumentException(
                $"tensor '{tensor.Name}' is {tensor.Type.Name()}; safetensors files hold plain numbers only. Write GGUF, or dequantise it.", nameof(tensors));
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", type);
            json.WriteStartArray("shape");
            foreach (long length in tensor.Shape.Reverse()) json.WriteNumberValue(length);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            json.WriteNumberValue(offset = checked(offset + tensor.ByteLength));
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
