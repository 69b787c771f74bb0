using Takt.Formats;

namespace Takt.Models.Quantization;

/// <summary>A way to store a model's weights, under the name that GGUF files go by.</summary>
/// <param name="Name">Such as <c>q4_k_m</c>; lower case.</param>
/// <param name="Type">The type of most matrices.</param>
/// <param name="FileType">The number that GGUF's <c>general.file_type</c> has for it.</param>
public sealed record QuantizationTarget(string Name, TensorType Type, uint FileType)
{
    private static readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["q3_k"] = "q3_k_m",
        ["q4_k"] = "q4_k_m",
        ["q5_k"] = "q5_k_m",
    };

    /// <summary>All targets, from the largest files to the smallest.</summary>
    public static IReadOnlyList<QuantizationTarget> All { get; } =
    [
        new("f32", TensorType.F32, 0),
        new("f16", TensorType.F16, 1),
        new("bf16", TensorType.BF16, 32),
        new("q8_0", TensorType.Q8_0, 7),
        new("q6_k", TensorType.Q6_K, 18),
        new("q5_1", TensorType.Q5_1, 9),
        new("q5_0", TensorType.Q5_0, 8),
        new("q5_k_m", TensorType.Q5_K, 17),
        new("q5_k_s", TensorType.Q5_K, 16),
        new("q4_1", TensorType.Q4_1, 3),
        new("q4_0", TensorType.Q4_0, 2),
        new("q4_k_m", TensorType.Q4_K, 15),
        new("q4_k_s", TensorType.Q4_K, 14),
        new("iq4_nl", TensorType.IQ4_NL, 25),
        new("iq4_xs", TensorType.IQ4_XS, 30),
        new("mxfp4", TensorType.MXFP4, 38),
        new("q3_k_l", TensorType.Q3_K, 13),
        new("q3_k_m", TensorType.Q3_K, 12),
        new("q3_k_s", TensorType.Q3_K, 11),
        new("q2_k", TensorType.Q2_K, 10),
    ];

    /// <summary>Every name that <see cref="Parse"/> takes.</summary>
    public static IEnumerable<string> Names => All.Select(t => t.Name).Concat(_aliases.Keys);

    /// <summary>The target of that name, in any case; <c>q3_k</c>, <c>q4_k</c> and <c>q5_k</c> mean the <c>_m</c> mixes.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static QuantizationTarget Parse(string name)
    {
        string full = _aliases.GetValueOrDefault(name, name);
        return All.FirstOrDefault(t => t.Name.Equals(full, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"'{name}' is no quantisation; known are {string.Join(", ", Names)}.", nameof(name));
    }
}
