using System.Text.Json;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Reads properties of tokenizer.json's components, with errors that name them.</summary>
internal static class JsonParts
{
    public static string Kind(this JsonElement part) => part.Text("type") ?? throw JsonParts.Error("a component has no type.");

    public static JsonElement? Part(this JsonElement part, string name) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(this JsonElement part, string name) =>
        part.Part(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static string NeedText(this JsonElement part, string name) =>
        part.Text(name) ?? throw JsonParts.Error($"a component of type {part.Text("type")} has no text '{name}'.");

    public static bool Flag(this JsonElement part, string name, bool fallback) => part.Part(name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => fallback,
    };

    public static int Number(this JsonElement part, string name, int fallback) =>
        part.Part(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : fallback;

    public static IEnumerable<JsonElement> Items(this JsonElement part, string name) =>
        part.Part(name) is { ValueKind: JsonValueKind.Array } items
        ? items.EnumerateArray()
        : throw JsonParts.Error($"a component of type {part.Text("type")} has no list '{name}'.");

    public static InvalidDataException Error(string what) => new($"tokenizer.json: {what}");

    public static InvalidDataException Unsupported(string what, string kind, string supported) =>
        new($"tokenizer.json: the {what} '{kind}' is not supported. Supported are {supported}.");
}
