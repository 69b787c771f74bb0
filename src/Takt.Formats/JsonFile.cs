using System.Text.Json;

namespace Takt.Formats;

/// <summary>Reads the small JSON files that lie beside models.</summary>
internal static class JsonFile
{
    private const long Largest = 256L << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a file whose root must be an object.</summary>
    /// <exception cref="InvalidDataException">It is too large, not JSON, repeats a property or holds something else.</exception>
    public static JsonElement ReadObject(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > Largest) throw new InvalidDataException($"{path}: has {length} bytes; a JSON file of at most {Largest} was expected.");
        return Parse(path, File.ReadAllBytes(path));
    }

    /// <summary>Parses text whose root must be an object.</summary>
    public static JsonElement Parse(string path, ReadOnlyMemory<byte> text)
    {
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path}: holds a JSON {document.RootElement.ValueKind}; an object was expected.");
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a property name that is no valid Unicode.
            throw new InvalidDataException($"{path}: is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>The value of a string, or null where the element is something else or no valid Unicode.</summary>
    public static string? StringOf(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
