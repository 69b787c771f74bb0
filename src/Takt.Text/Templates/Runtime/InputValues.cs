using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Takt.Text.Templates;

/// <summary>Turns what the host passes in into the interpreter's values.</summary>
internal static class InputValues
{
    /// <exception cref="ArgumentException">The value, or one inside it, has a type that a template cannot hold.</exception>
    public static object? Convert(TemplateRuntime runtime, object? input)
    {
        runtime.Enter();
        object? value = input switch
        {
            null or bool or long or string => input,
            JsonElement element => FromElement(runtime, element),
            JsonValue json => json.TryGetValue(out object? inner) && inner is not JsonValue ? Convert(runtime, inner) : Parse(runtime, json.ToJsonString()),
            int or short or sbyte or byte or ushort or uint => System.Convert.ToInt64(input, CultureInfo.InvariantCulture),
            ulong or Int128 or UInt128 or BigInteger => Integer(System.Convert.ToString(input, CultureInfo.InvariantCulture)!),
            double d => d,
            float f => double.Parse(f.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            decimal d => (double)d,
            char c => c.ToString(),
            DateTime or DateTimeOffset or Guid => System.Convert.ToString(input, CultureInfo.InvariantCulture),
            IEnumerable items => FromItems(runtime, items),
            _ => throw new ArgumentException(
                $"A template variable has the type {input.GetType().Name}; expected null, bool, a number, a string, JSON, a dictionary or a sequence."),
        };
        runtime.Leave();
        return value;
    }

    /// <summary>The value of a JSON text.</summary>
    public static object? Parse(TemplateRuntime runtime, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Convert(runtime, document.RootElement);
        }
        catch (JsonException error)
        {
            throw Fault.Runtime($"this is not JSON: {error.Message}");
        }
    }

    private static object? FromElement(TemplateRuntime runtime, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return Text(element);
            case JsonValueKind.Number:
                return Number(element.GetRawText());
            case JsonValueKind.True or JsonValueKind.False:
                return element.ValueKind == JsonValueKind.True;
            case JsonValueKind.Array:
                var list = new List<object?>(element.GetArrayLength());
                foreach (JsonElement item in element.EnumerateArray()) list.Add(Convert(runtime, item));
                return new ListValue(list);
            case JsonValueKind.Object:
                var dict = new DictValue(runtime.Comparer);
                foreach (JsonProperty member in element.EnumerateObject()) dict.Set(member.Name, Convert(runtime, member.Value));
                return dict;
            default:
                return null;
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair in an escape.
            throw new ArgumentException($"A template variable holds a string that is not valid Unicode: {element.GetRawText()}", error);
        }
    }

    private static object Number(string text) => text.AsSpan().IndexOfAny('.', 'e', 'E') < 0
        ? Integer(text)
        : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static object Integer(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long small)
            ? small
            : PythonNumbers.Normalize(PythonNumbers.ParseInteger(text, 10)!.Value);

    private static object FromItems(TemplateRuntime runtime, IEnumerable items)
    {
        switch (items)
        {
            case IEnumerable<KeyValuePair<string, JsonNode?>> members:
                return FromPairs(runtime, members);
            case IEnumerable<KeyValuePair<string, object?>> members:
                return FromPairs(runtime, members);
            case IEnumerable<KeyValuePair<string, string>> members:
                return FromPairs(runtime, members);
            case IDictionary members:
                return FromPairs(runtime, members.Keys.Cast<object>().Select(key => new KeyValuePair<string, object?>(
                    key as string ?? throw new ArgumentException("The keys of dictionaries among the template variables must be strings."), members[key])));
        }

        List<object?> list = [];
        foreach (object? item in items) list.Add(Convert(runtime, item));
        return new ListValue(list);
    }

    private static DictValue FromPairs<T>(TemplateRuntime runtime, IEnumerable<KeyValuePair<string, T>> pairs)
    {
        var dict = new DictValue(runtime.Comparer);
        foreach ((string key, T value) in pairs) dict.Set(key, Convert(runtime, value));
        return dict;
    }
}
