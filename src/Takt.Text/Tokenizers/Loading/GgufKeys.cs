namespace Takt.Text.Tokenizers.Loading;

/// <summary>The <c>tokenizer.ggml.*</c> keys of a GGUF file, read with checks of their types.</summary>
internal sealed class GgufKeys(IReadOnlyDictionary<string, object> metadata)
{
    public const string Prefix = "tokenizer.ggml.";

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        string text => text,
        var other => throw Error(key, other, "a string"),
    };

    /// <summary>A string under its whole key; empty if there is none.</summary>
    public string Other(string key) => metadata.TryGetValue(key, out object? value) && value is string text ? text : "";

    /// <summary>Any value under its whole key, or null.</summary>
    public object? Setting(string key) => metadata.GetValueOrDefault(key);

    public bool Has(string key) => metadata.ContainsKey(Prefix + key);

    public bool? Flag(string key) => Find(key) switch
    {
        null => null,
        bool flag => flag,
        var other => throw Error(key, other, "true or false"),
    };

    public int? Number(string key) => Find(key) switch
    {
        null => null,
        // Files write the largest number, or -1, for "none".
        uint.MaxValue or ulong.MaxValue or -1 or -1L => null,
        uint n when n <= int.MaxValue => (int)n,
        ulong n when n <= int.MaxValue => (int)n,
        int n => n,
        long n when n is >= int.MinValue and <= int.MaxValue => (int)n,
        ushort n => n,
        byte n => n,
        var other => throw Error(key, other, "a whole number"),
    };

    public string[]? Texts(string key) => Find(key) switch
    {
        null => null,
        string[] texts => texts,
        var other => throw Error(key, other, "an array of strings"),
    };

    public float[]? Floats(string key) => Find(key) switch
    {
        null => null,
        float[] floats => floats,
        int[] numbers => Array.ConvertAll(numbers, n => (float)n),
        double[] doubles => Array.ConvertAll(doubles, d => (float)d),
        var other => throw Error(key, other, "an array of numbers"),
    };

    public TokenType[]? Types(string key) => Find(key) switch
    {
        null => null,
        int[] types => Array.ConvertAll(types, t => (TokenType)t),
        var other => throw Error(key, other, "an array of whole numbers"),
    };

    public byte[]? Bytes(string key) => Find(key) switch
    {
        null => null,
        // The runtime takes signed bytes for this too, as it does signed numbers above.
        byte[] bytes => bytes,
        var other => throw Error(key, other, "an array of bytes"),
    };

    private object? Find(string key) => metadata.GetValueOrDefault(Prefix + key);

    private static InvalidDataException Error(string key, object value, string expected) =>
        new($"{Prefix}{key} is a value of type {value.GetType().Name}; expected {expected}.");
}
