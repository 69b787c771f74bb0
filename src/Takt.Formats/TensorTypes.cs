using System.Numerics;

namespace Takt.Formats;

/// <summary>Facts of each <see cref="TensorType"/>: values and bytes of a block, and its usual name.</summary>
public static class TensorTypes
{
    private readonly record struct Facts(string Name, int Length, int Bytes);

    private static readonly Dictionary<TensorType, Facts> Table = new()
    {
        [TensorType.F32] = new("f32", 1, 4),
        [TensorType.F16] = new("f16", 1, 2),
        [TensorType.Q4_0] = new("q4_0", 32, 18),
        [TensorType.Q4_1] = new("q4_1", 32, 20),
        [TensorType.Q5_0] = new("q5_0", 32, 22),
        [TensorType.Q5_1] = new("q5_1", 32, 24),
        [TensorType.Q8_0] = new("q8_0", 32, 34),
        [TensorType.Q2_K] = new("q2_k", 256, 84),
        [TensorType.Q3_K] = new("q3_k", 256, 110),
        [TensorType.Q4_K] = new("q4_k", 256, 144),
        [TensorType.Q5_K] = new("q5_k", 256, 176),
        [TensorType.Q6_K] = new("q6_k", 256, 210),
        [TensorType.IQ4_NL] = new("iq4_nl", 32, 18),
        [TensorType.IQ4_XS] = new("iq4_xs", 256, 136),
        [TensorType.I8] = new("i8", 1, 1),
        [TensorType.I16] = new("i16", 1, 2),
        [TensorType.I32] = new("i32", 1, 4),
        [TensorType.I64] = new("i64", 1, 8),
        [TensorType.F64] = new("f64", 1, 8),
        [TensorType.BF16] = new("bf16", 1, 2),
        [TensorType.MXFP4] = new("mxfp4", 32, 17),
    };

    /// <summary>The types, in the order of their numbers.</summary>
    public static IReadOnlyList<TensorType> All { get; } = [.. Table.Keys.Order()];

    /// <summary>Values in a block: 1 for plain numbers, 32 or 256 for quantised types.</summary>
    public static int BlockLength(this TensorType type) => Of(type).Length;

    /// <summary>Bytes of a block of <see cref="BlockLength"/> values.</summary>
    public static int BlockBytes(this TensorType type) => Of(type).Bytes;

    /// <summary>Whether several values share a block.</summary>
    public static bool IsQuantized(this TensorType type) => Of(type).Length > 1;

    /// <summary>The usual name in lower case, such as <c>f32</c>, <c>q4_k</c> or <c>mxfp4</c>.</summary>
    public static string Name(this TensorType type) => Of(type).Name;

    /// <summary>Whether the number is a type listed here; a file may hold any number.</summary>
    public static bool IsKnown(this TensorType type) => Table.ContainsKey(type);

    /// <summary>Finds a type by its name, in any case.</summary>
    public static bool TryParse(string? name, out TensorType type)
    {
        foreach ((TensorType candidate, Facts facts) in Table)
        {
            if (!facts.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            type = candidate;
            return true;
        }

        type = default;
        return false;
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

    private static Facts Of(TensorType type) => Table.TryGetValue(type, out Facts facts)
        ? facts
        : throw new ArgumentOutOfRangeException(nameof(type), type, "no such tensor type");
}
