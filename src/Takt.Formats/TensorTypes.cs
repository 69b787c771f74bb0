using System.Numerics;

namespace Takt.Formats;

/// <summary>Facts of each <see cref="TensorType"/>: values and bytes of a block, and its usual name.</summary>
public static class TensorTypes
{
    private sealed record Facts(TensorType Type, string Name, int Length, int Bytes);

    // By number. Plain arrays: every start reads a file, and no framework code over our types has to be compiled for them.
    private static readonly Facts[] Known =
    [
        new(TensorType.F32, "f32", 1, 4),
        new(TensorType.F16, "f16", 1, 2),
        new(TensorType.Q4_0, "q4_0", 32, 18),
        new(TensorType.Q4_1, "q4_1", 32, 20),
        new(TensorType.Q5_0, "q5_0", 32, 22),
        new(TensorType.Q5_1, "q5_1", 32, 24),
        new(TensorType.Q8_0, "q8_0", 32, 34),
        new(TensorType.Q2_K, "q2_k", 256, 84),
        new(TensorType.Q3_K, "q3_k", 256, 110),
        new(TensorType.Q4_K, "q4_k", 256, 144),
        new(TensorType.Q5_K, "q5_k", 256, 176),
        new(TensorType.Q6_K, "q6_k", 256, 210),
        new(TensorType.IQ4_NL, "iq4_nl", 32, 18),
        new(TensorType.IQ4_XS, "iq4_xs", 256, 136),
        new(TensorType.I8, "i8", 1, 1),
        new(TensorType.I16, "i16", 1, 2),
        new(TensorType.I32, "i32", 1, 4),
        new(TensorType.I64, "i64", 1, 8),
        new(TensorType.F64, "f64", 1, 8),
        new(TensorType.BF16, "bf16", 1, 2),
        new(TensorType.MXFP4, "mxfp4", 32, 17),
    ];

    private static readonly Facts?[] ByNumber = Index();

    /// <summary>The types, in the order of their numbers.</summary>
    public static IReadOnlyList<TensorType> All { get; } = Array.ConvertAll(Known, static facts => facts.Type);

    /// <summary>Values in a block: 1 for plain numbers, 32 or 256 for quantised types.</summary>
    public static int BlockLength(this TensorType type) => Of(type).Length;

    /// <summary>Bytes of a block of <see cref="BlockLength"/> values.</summary>
    public static int BlockBytes(this TensorType type) => Of(type).Bytes;

    /// <summary>Whether several values share a block.</summary>
    public static bool IsQuantized(this TensorType type) => Of(type).Length > 1;

    /// <summary>The usual name in lower case, such as <c>f32</c>, <c>q4_k</c> or <c>mxfp4</c>.</summary>
    public static string Name(this TensorType type) => Of(type).Name;

    /// <summary>Whether the number is a type listed here; a file may hold any number.</summary>
    public static bool IsKnown(this TensorType type) => Find(type) is not null;

    /// <summary>Finds a type by its name, in any case.</summary>
    public static bool TryParse(string? name, out TensorType type)
    {
        Facts? facts = Array.Find(Known, facts => facts.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        type = facts?.Type ?? default;
        return facts is not null;
    }

    /// <summary>Bytes of a row of <paramref name="length"/> values.</summary>
    /// <exception cref="ArgumentException">The row does not consist of whole blocks.</exception>
    public static long RowBytes(this TensorType type, long length) => type.ByteLength([length]);

    /// <summary>Bytes of a tensor; <c>shape[0]</c> is the contiguous dimension.</summary>
    /// <exception cref="ArgumentException">Rows do not consist of whole blocks, or the size does not fit in 63 bits.</exception>
    public static long ByteLength(this TensorType type, IReadOnlyList<long> shape) =>
        Measure(type, shape, out long bytes) is { } problem ? throw new ArgumentException(problem, nameof(shape)) : bytes;

    /// <summary>Computes the bytes of a tensor of an untrusted shape; returns what is wrong with it, or null.</summary>
    internal static string? Measure(TensorType type, IReadOnlyList<long> shape, out long bytes)
    {
        bytes = 0;
        Facts facts = Of(type);
        BigInteger values = 1;
        foreach (long length in shape)
        {
            if (length < 0) return $"has the shape [{string.Join(", ", shape)}]; lengths must not be negative";
            // A zero must not hide how large the other lengths are.
            values *= Math.Max(length, 1);
        }

        long row = shape.Count == 0 ? 1 : shape[0];
        if (row % facts.Length != 0)
            return $"has rows of {row} values, but {facts.Name} stores blocks of {facts.Length}; rows must be whole blocks";
        BigInteger size = values * facts.Bytes / facts.Length;
        if (size > long.MaxValue || values > long.MaxValue)
            return $"has the shape [{string.Join(", ", shape)}], which is more than any memory holds";
        bytes = shape.Contains(0) ? 0 : (long)size;
        return null;
    }

    private static Facts Of(TensorType type) => Find(type) ?? throw new ArgumentOutOfRangeException(nameof(type), type, "no such tensor type");

    private static Facts? Find(TensorType type) => (uint)type < (uint)ByNumber.Length ? ByNumber[(uint)type] : null;

    private static Facts?[] Index()
    {
        var index = new Facts?[(int)Known[^1].Type + 1];
        foreach (Facts facts in Known) index[(int)facts.Type] = facts;
        return index;
    }
}
