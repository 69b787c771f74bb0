using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Takt.Formats.Safetensors;

/// <summary>Reads the JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    private const int Deepest = 16;

    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The strings of <c>__metadata__</c>.</summary>
    public OrderedDictionary<string, object> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Tensors and their first and end bytes in the data, in the header's order.</summary>
    public List<(TensorInfo Info, long Begin, long End)> Tensors { get; } = [];

    /// <exception cref="InvalidDataException">The header is not what the format demands.</exception>
    public static SafetensorsHeader Read(string path, ReadOnlySpan<byte> json)
    {
        var header = new SafetensorsHeader(path);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
            header.ReadRoot(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid Unicode.
            throw new InvalidDataException($"{path}: the header is not valid JSON: {e.Message} The file is damaged.", e);
        }

        return header;
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.StartObject, "the header must be a JSON object");
        bool sawMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name != "__metadata__")
            {
                ReadTensor(ref reader, name);
                continue;
            }

            Expect(!sawMetadata, "__metadata__ occurs twice");
            sawMetadata = true;
            ReadMetadata(ref reader);
        }

        // Reads to the end, so that anything but white space after the object is an error.
        while (reader.Read()) { }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, "__metadata__ must be an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            Expect(reader.TokenType == JsonTokenType.String, $"__metadata__ '{key}' must be a string");
            Expect(Metadata.TryAdd(key, reader.GetString()!), $"__metadata__ '{key}' occurs twice");
        }
    }

    private void ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, $"tensor '{name}' must be an object");
        string? typeName = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string property = reader.GetString()!;
            reader.Read();
            switch (property)
            {
                case "dtype":
                    Expect(typeName is null && reader.TokenType == JsonTokenType.String, $"tensor '{name}' must have one dtype, a string");
                    typeName = reader.GetString();
                    break;
                case "shape":
                    Expect(shape is null, $"tensor '{name}' has two shapes");
                    shape = ReadNumbers(ref reader, $"shape of tensor '{name}'");
                    break;
                case "data_offsets":
                    Expect(offsets is null, $"tensor '{name}' has data_offsets twice");
                    offsets = ReadNumbers(ref reader, $"data_offsets of tensor '{name}'");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (typeName is null || shape is null || offsets is not { Length: 2 })
            Fail($"tensor '{name}' must have dtype, shape and two data_offsets");
        // The contiguous dimension is the last one there and the first one here.
        Array.Reverse(shape);
        Add(name, typeName, shape, offsets[0], offsets[1]);
    }

    private void Add(string name, string typeName, long[] shape, long begin, long end)
    {
        if (SafetensorsTypes.Find(typeName) is not { } type)
        {
            throw new InvalidDataException(
                $"{_path}: tensor '{name}' is stored as {typeName}; supported are {SafetensorsTypes.Supported}. Convert the model to one of these.");
        }

        if (TensorTypes.Measure(type, shape, out long bytes) is { } problem) Fail($"tensor '{name}' {problem}");
        Expect(begin >= 0 && end >= begin && end - begin == bytes,
            $"tensor '{name}' has the data_offsets [{begin}, {end}], but its shape takes {bytes} bytes");
        Tensors.Add((new TensorInfo(name, type, shape), begin, end));
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string what)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, $"the {what} must be an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long number = 0;
            Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out number), $"the {what} must hold whole numbers");
            Expect(numbers.Count < 32, $"the {what} has more than 32 numbers");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private void Expect(bool condition, string message)
    {
        if (!condition) Fail(message);
    }

    [DoesNotReturn]
    private void Fail(string message) => throw new InvalidDataException($"{_path}: {message}. The file is damaged.");
}
