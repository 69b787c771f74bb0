using System.Globalization;
using Takt.Formats;

namespace Takt.Models.Architectures;

/// <summary>Typed reading of the keys <c>ARCHITECTURE.KEY</c> of a model; every error names the key, what was found and what was expected.</summary>
internal sealed class MetadataReader(ModelFile file, string architecture)
{
    /// <summary>The file.</summary>
    public ModelFile File { get; } = file;

    /// <summary>GGUF's name of the architecture, the prefix of its keys.</summary>
    public string Architecture { get; } = architecture;

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => File.Metadata.ContainsKey(Full(key));

    /// <summary>A required whole number in 1..<paramref name="max"/>.</summary>
    public int Count(string key, int max) =>
        Find(key) is { } value ? ToInt(key, value, 1, max) : throw Missing(key, $"a whole number in 1..{max}");

    /// <summary>A whole number in <paramref name="min"/>..<paramref name="max"/>, or the default where the key is absent.</summary>
    public int Count(string key, int min, int max, int absent) => Find(key) is { } value ? ToInt(key, value, min, max) : absent;

    /// <summary>A required finite number above zero.</summary>
    public float Positive(string key) => Find(key) is { } value ? ToPositive(key, value) : throw Missing(key, "a number above 0");

    /// <summary>A finite number above zero, or the default where the key is absent or 0 (which GGUF writers use for "not set").</summary>
    public float Positive(string key, float absent) =>
        Find(key) is not { } value || ToNumber(value) is 0 ? absent : ToPositive(key, value);

    /// <summary>A boolean, or the default where the key is absent.</summary>
    public bool Flag(string key, bool absent) => Find(key) switch
    {
        null => absent,
        bool flag => flag,
        object value => throw Wrong(key, value, "true or false"),
    };

    /// <summary>A string, or the default where the key is absent.</summary>
    public string Text(string key, string absent) => Find(key) switch
    {
        null => absent,
        string text => text,
        object value => throw Wrong(key, value, "a string"),
    };

    /// <summary>One flag a layer, or null where the key is absent or holds a single number.</summary>
    public bool[]? Flags(string key, int layers)
    {
        bool[]? flags = Find(key) switch
        {
            bool[] values => values,
            int[] values => Array.ConvertAll(values, static value => value != 0),
            uint[] values => Array.ConvertAll(values, static value => value != 0),
            _ => null,
        };
        if (flags is not null && flags.Length < layers)
            throw Fail(key, $"has {flags.Length} entries; expected one for each of the {layers} layers.");
        return flags;
    }

    /// <summary>An error that concerns a key.</summary>
    public InvalidDataException Fail(string key, string problem) => new($"{File.Path}: metadata '{Full(key)}' {problem}");

    /// <summary>An error for a value that does not fit.</summary>
    public InvalidDataException Wrong(string key, object value, string expected) => Fail(key, $"is {Show(value)}; expected {expected}.");

    private InvalidDataException Missing(string key, string expected) =>
        Fail(key, $"is missing; expected {expected}. The file is incomplete or not a '{Architecture}' model.");

    private string Full(string key) => $"{Architecture}.{key}";

    private object? Find(string key) => File.Metadata.GetValueOrDefault(Full(key));

    // Some keys may hold one number for all layers or an array with one for each; layers of different size are not supported.
    private int ToInt(string key, object value, int min, int max)
    {
        if (value is Array { Length: > 0 } array)
        {
            object first = array.GetValue(0)!;
            foreach (object item in array)
            {
                if (!first.Equals(item)) throw Wrong(key, value, "the same number for every layer (layers of different size are not supported)");
            }

            value = first;
        }

        double number = ToNumber(value);
        if (number >= min && number <= max && number == Math.Floor(number)) return (int)number;
        throw Wrong(key, value, $"a whole number in {min}..{max}");
    }

    private float ToPositive(string key, object value)
    {
        double number = ToNumber(value);
        return number > 0 && float.IsFinite((float)number) ? (float)number : throw Wrong(key, value, "a number above 0");
    }

    private static double ToNumber(object value) => value switch
    {
        byte or sbyte or ushort or short or uint or int or ulong or long or float or double =>
            Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => double.NaN,
    };

    private static string Show(object value) => value switch
    {
        string text => $"the string '{(text.Length > 40 ? text[..40] + "..." : text)}'",
        Array array => $"an array [{string.Join(", ", array.Cast<object>().Take(8))}{(array.Length > 8 ? ", ..." : "")}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
