using System.Text.Json;

namespace Takt.Models.HuggingFace;

/// <summary>Typed reading of a <c>config.json</c>; every error names the key, what was found and what was expected.</summary>
/// <remarks>A key is looked up from the innermost section outwards (a text part, the whole, the defaults of its class); null is absent.</remarks>
internal sealed class HuggingFaceConfig
{
    private readonly string _path;
    private readonly JsonElement[] _scopes;

    private HuggingFaceConfig(string path, JsonElement[] scopes) => (_path, _scopes) = (path, scopes);

    /// <summary>Wraps the root object of the file at <paramref name="path"/>; the text part of a model of several media comes first.</summary>
    /// <exception cref="InvalidDataException">The root is not an object.</exception>
    public static HuggingFaceConfig Of(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{path}: the root is {Show(root)}; expected an object.");
        var whole = new HuggingFaceConfig(path, [root]);
        return whole.Section("text_config") ?? whole;
    }

    /// <summary>The same with values for keys that the file leaves out.</summary>
    public HuggingFaceConfig WithDefaults(JsonElement defaults) => new(_path, [.. _scopes, defaults]);

    /// <summary>An object under a key, with this as its surroundings; null where it is absent.</summary>
    public HuggingFaceConfig? Section(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } section => new HuggingFaceConfig(_path, [section, .. _scopes]),
        { } value => throw Wrong(key, value, "an object"),
    };

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A required whole number that is not negative.</summary>
    public int Count(string key) => OptionalCount(key) ?? throw Fail(key, "is missing; expected a whole number.");

    /// <summary>A whole number that is not negative, or null.</summary>
    public int? OptionalCount(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int number) && number >= 0 => number,
        { } value => throw Wrong(key, value, $"a whole number in 0..{int.MaxValue}"),
    };

    /// <summary>A required finite number.</summary>
    public float Number(string key) => OptionalNumber(key) ?? throw Fail(key, "is missing; expected a number.");

    /// <summary>A finite number, or null.</summary>
    public float? OptionalNumber(string key) => Find(key) is { } value ? ToNumber(key, value) : null;

    /// <summary>A boolean, or null.</summary>
    public bool? OptionalFlag(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => throw Wrong(key, value, "true or false"),
    };

    /// <summary>A string, or null.</summary>
    public string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => throw Wrong(key, value, "a string"),
    };

    /// <summary>An array of finite numbers, or null.</summary>
    public float[]? OptionalNumbers(string key) =>
        Items(key) is { } items ? [.. items.Select(item => ToNumber(key, item))] : null;

    /// <summary>An array of strings, or null.</summary>
    public string[]? OptionalTexts(string key) => Items(key) is { } items
        ? [.. items.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(key, item, "strings"))]
        : null;

    /// <summary>An error that concerns a key.</summary>
    public InvalidDataException Fail(string key, string problem) => new($"{_path}: '{key}' {problem}");

    private JsonElement? Find(string key)
    {
        foreach (JsonElement scope in _scopes)
        {
            if (scope.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null) return value;
        }

        return null;
    }

    private JsonElement.ArrayEnumerator? Items(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        { } value => throw Wrong(key, value, "an array"),
    };

    private float ToNumber(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && float.IsFinite((float)number)
            ? (float)number
            : throw Wrong(key, value, "a number");

    private InvalidDataException Wrong(string key, JsonElement value, string expected) => Fail(key, $"is {Show(value)}; expected {expected}.");

    private static string Show(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length > 60 ? text[..60] + "..." : text;
    }
}
