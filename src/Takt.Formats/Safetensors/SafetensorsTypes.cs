namespace Takt.Formats.Safetensors;

/// <summary>The names of element types in safetensors files.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, TensorType Type)[] Names =
    [
        ("F32", TensorType.F32), ("F16", TensorType.F16), ("BF16", TensorType.BF16), ("F64", TensorType.F64),
        ("I8", TensorType.I8), ("I16", TensorType.I16), ("I32", TensorType.I32), ("I64", TensorType.I64),
        // Stored as they are, one byte each; the reader of such a tensor knows that they are not signed.
        ("U8", TensorType.I8), ("BOOL", TensorType.I8),
    ];

    /// <summary>The names that can be read, for messages.</summary>
    public static string Supported => string.Join(", ", Names.Select(static pair => pair.Name));

    /// <summary>The type of that name, or null.</summary>
    public static TensorType? Find(string name)
    {
        foreach ((string candidate, TensorType type) in Names)
        {
            if (candidate == name) return type;
        }

        return null;
    }

    /// <summary>The name of a type, or null where the format has none (quantised types).</summary>
    public static string? NameOf(TensorType type) => Names.FirstOrDefault(pair => pair.Type == type).Name;
}
