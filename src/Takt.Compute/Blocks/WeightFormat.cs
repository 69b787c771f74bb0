using System.Diagnostics.CodeAnalysis;

namespace Takt.Compute.Blocks;

/// <summary>
/// A format of weights without its type parameter: what a file's tensor type, a command line or a converter refers to. A format that
/// is made of blocks is a <see cref="BlockWeightFormat"/>.
/// </summary>
public abstract unsafe class WeightFormat
{
    /// <summary>IEEE single precision.</summary>
    public static WeightFormat F32 { get; } = new FloatWeightFormat<SingleFloat>();

    /// <summary>IEEE half precision.</summary>
    public static WeightFormat F16 { get; } = new FloatWeightFormat<HalfFloat>();

    /// <summary>The upper half of single precision.</summary>
    public static WeightFormat BF16 { get; } = new FloatWeightFormat<BrainFloat>();

    /// <summary>Every format.</summary>
    public static IReadOnlyList<WeightFormat> All { get; } =
    [
        F32, F16, BF16,
        new BlockWeightFormat<Q4_0>(), new BlockWeightFormat<Q4_1>(), new BlockWeightFormat<Q5_0>(), new BlockWeightFormat<Q5_1>(),
        new BlockWeightFormat<Q8_0>(), new BlockWeightFormat<Q2_K>(), new BlockWeightFormat<Q3_K>(), new BlockWeightFormat<Q4_K>(),
        new BlockWeightFormat<Q5_K>(), new BlockWeightFormat<Q6_K>(), new BlockWeightFormat<IQ4_NL>(), new BlockWeightFormat<IQ4_XS>(),
        new BlockWeightFormat<MXFP4>(),
    ];

    /// <summary>The format's usual name in lower case, such as <c>q4_0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Values in a block: 1, 32 or 256.</summary>
    public abstract int BlockValues { get; }

    /// <summary>Bytes in a block.</summary>
    public abstract int BlockBytes { get; }

    /// <summary>The format of that name in any case; null if there is none.</summary>
    public static WeightFormat? Find(string name)
    {
        foreach (var format in All)
            if (string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase)) return format;
        return null;
    }

    /// <summary>Bytes that <paramref name="count"/> values take.</summary>
    /// <exception cref="ArgumentException">The count is negative or not a multiple of <see cref="BlockValues"/>.</exception>
    public long Bytes(long count)
    {
        if (count < 0 || count % BlockValues != 0) ThrowCount(count);
        return checked(count / BlockValues * BlockBytes);
    }

    /// <summary>Reads <paramref name="count"/> values; any bytes are valid.</summary>
    /// <exception cref="ArgumentException">The count is negative or not a multiple of <see cref="BlockValues"/>.</exception>
    public abstract void Dequantize(byte* source, float* target, long count);

    /// <summary>
    /// Writes <paramref name="count"/> values as the format represents them best. Values beyond the range of a block format become its
    /// largest; F16 and BF16 round to nearest even and keep infinities and NaN.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The count is negative or not a multiple of <see cref="BlockValues"/>, or a value for a block format is not finite.
    /// </exception>
    public abstract void Quantize(float* source, byte* target, long count);

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    [DoesNotReturn]
    private void ThrowCount(long count) => throw new ArgumentException(
        $"{count} values cannot be {Name}: a block holds {BlockValues}, and the count must be a multiple of that.", nameof(count));
}
