using System.Text.Json;
using System.Text.Unicode;

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
        byte[] text = File.ReadAllBytes(path);
        ForeignFile.Refuse(path, text);
        return Parse(path, text);
    }

    /// <summary>Parses text whose root must be an object; all its strings are valid Unicode.</summary>
    public static JsonElement Parse(string path, ReadOnlyMemory<byte> text)
    {
        if (text.Span.StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path}: holds a JSON {document.RootElement.ValueKind}; an object was expected.");
            CheckStrings(text.Span);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: is not valid JSON: {e.Message}", e);
        }
    }

    // A document decodes its strings when they are asked for, which would be far from here.
    private static void CheckStrings(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text)) throw new JsonException("it is not UTF-8.");
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        while (reader.Read())
        {
            // Throws InvalidOperationException where an escape is half of a surrogate pair.
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
        }
    }
}
