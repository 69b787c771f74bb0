using System.Diagnostics.CodeAnalysis;

namespace Takt.Formats;

/// <summary>Typed access to <see cref="ModelFile.Metadata"/>. Whole numbers of any stored width are accepted where they fit.</summary>
/// <remarks>
/// Every method throws <see cref="InvalidDataException"/> when the value has another type, and the methods without a fallback when
/// the key is missing.
/// </remarks>
public static class MetadataExtensions
{
    /// <summary>A whole number.</summary>
    public static int GetInt(this IReadOnlyDictionary<string, object> metadata, string key) =>
        ToInt(metadata.Require(key, "a whole number"), key);

    /// <summary>A whole number, or the fallback when the key is missing.</summary>
    public static int GetInt(this IReadOnlyDictionary<string, object> metadata, string key, int fallback) =>
        metadata.TryGetValue(key, out object? value) ? ToInt(value, key) : fallback;

    /// <summary>A number.</summary>
    public static float GetFloat(this IReadOnlyDictionary<string, object> metadata, string key) =>
        ToFloat(metadata.Require(key, "a number"), key);

    /// <summary>A number, or the fallback when the key is missing.</summary>
    public static float GetFloat(this IReadOnlyDictionary<string, object> metadata, string key, float fallback) =>
        metadata.TryGetValue(key, out object? value) ? ToFloat(value, key) : fallback;

    /// <summary>A truth value.</summary>
    public static bool GetBool(this IReadOnlyDictionary<string, object> metadata, string key) =>
        As<bool>(metadata.Require(key, "true or false"), key, "true or false");

    /// <summary>A truth value, or the fallback when the key is missing.</summary>
    public static bool GetBool(this IReadOnlyDictionary<string, object> metadata, string key, bool fallback) =>
        metadata.TryGetValue(key, out object? value) ? As<bool>(value, key, "true or false") : fallback;

    /// <summary>A text.</summary>
    public static string GetString(this IReadOnlyDictionary<string, object> metadata, string key) =>
        As<string>(metadata.Require(key, "a string"), key, "a string");

    /// <summary>A text, or the fallback when the key is missing.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public static string? GetString(this IReadOnlyDictionary<string, object> metadata, string key, string? fallback) =>
        metadata.TryGetValue(key, out object? value) ? As<string>(value, key, "a string") : fallback;

    /// <summary>An array of texts.</summary>
    public static string[] GetStrings(this IReadOnlyDictionary<string, object> metadata, string key) =>
        As<string[]>(metadata.Require(key, "an array of strings"), key, "an array of strings");

    /// <summary>An array of whole numbers.</summary>
    public static int[] GetInts(this IReadOnlyDictionary<string, object> metadata, string key) =>
        metadata.Require(key, "an array of whole numbers") is Array array and not (string[] or object[])
            ? ToInts(array, key)
            : throw Wrong(key, metadata[key], "an array of whole numbers");

    /// <summary>Whole numbers, one for each layer: an array of <paramref name="count"/>, or one number that counts for every layer.</summary>
    public static int[] GetIntPerLayer(this IReadOnlyDictionary<string, object> metadata, string key, int count) =>
        PerLayer(metadata.Require(key, $"a whole number or an array of {count}"), key, count);

    /// <summary>Like <see cref="GetIntPerLayer(IReadOnlyDictionary{string, object}, string, int)"/>; the fallback for every layer when the key is missing.</summary>
    public static int[] GetIntPerLayer(this IReadOnlyDictionary<string, object> metadata, string key, int count, int fallback) =>
        PerLayer(metadata.GetValueOrDefault(key, fallback), key, count);

    /// <summary>An array of numbers.</summary>
    public static float[] GetFloats(this IReadOnlyDictionary<string, object> metadata, string key) =>
        metadata.Require(key, "an array of numbers") switch
        {
            float[] values => values,
            double[] values => Array.ConvertAll(values, static value => (float)value),
            object other => throw Wrong(key, other, "an array of numbers"),
        };

    private static object Require(this IReadOnlyDictionary<string, object> metadata, string key, string expected) =>
        metadata.TryGetValue(key, out object? value)
            ? value
            : throw new InvalidDataException(
                $"metadata '{key}' is missing; expected {expected}. The file is not of this kind of model, or its converter left the key out.");

    private static int ToInt(object value, string key)
    {
        long? number = value switch
        {
            byte n => n,
            sbyte n => n,
            ushort n => n,
            short n => n,
            uint n => n,
            int n => n,
            long n => n,
            ulong n and <= long.MaxValue => (long)n,
            _ => null,
        };
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Wrong(key, value, "a whole number of 32 bits");
    }

    private static float ToFloat(object value, string key) => value switch
    {
        float number => number,
        double number => (float)number,
        _ => ToInt(value, key),
    };

    private static int[] ToInts(Array array, string key)
    {
        if (array.GetType() == typeof(int[])) return (int[])array;
        var numbers = new int[array.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = ToInt(array.GetValue(i)!, key);
        return numbers;
    }

    private static int[] PerLayer(object value, string key, int count)
    {
        int[] numbers = value is Array and not (string[] or object[]) ? ToInts((Array)value, key) : [.. Enumerable.Repeat(ToInt(value, key), count)];
        return numbers.Length == count
            ? numbers
            : throw new InvalidDataException($"metadata '{key}' has {numbers.Length} values; expected one, or one for each of {count} layers.");
    }

    private static T As<T>(object value, string key, string expected) => value is T typed ? typed : throw Wrong(key, value, expected);

    private static InvalidDataException Wrong(string key, object value, string expected) => new(
        $"metadata '{key}' is {(value is Array array ? $"an array of {array.Length} {array.GetType().GetElementType()!.Name}" : $"{value} ({value.GetType().Name})")}; "
        + $"expected {expected}.");
}
