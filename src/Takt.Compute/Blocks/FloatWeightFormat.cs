using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>A floating-point type that weights are stored in, converted eight values at a time.</summary>
internal unsafe interface IFloatType
{
    /// <summary>The usual name, such as <c>f16</c>.</summary>
    static abstract string Name { get; }

    /// <summary>Bytes of a value.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads eight values.</summary>
    static abstract Vector256<float> Load(byte* source);

    /// <summary>Writes eight values, rounded to nearest even.</summary>
    static abstract void Store(Vector256<float> values, byte* target);
}

/// <summary>A format that stores each weight by itself as a floating-point number.</summary>
internal sealed unsafe class FloatWeightFormat<TFloat> : WeightFormat where TFloat : struct, IFloatType
{
    /// <inheritdoc/>
    public override string Name => TFloat.Name;

    /// <inheritdoc/>
    public override int BlockValues => 1;

    /// <inheritdoc/>
    public override int BlockBytes => TFloat.Bytes;

    /// <inheritdoc/>
    public override void Dequantize(byte* source, float* target, long count)
    {
        _ = Bytes(count);
        long k = 0;
        for (; k <= count - 8; k += 8) TFloat.Load(source + k * TFloat.Bytes).Store(target + k);
        if (k == count) return;
        byte* rest = stackalloc byte[32];
        float* values = stackalloc float[8];
        Unsafe.CopyBlockUnaligned(rest, source + k * TFloat.Bytes, (uint)((count - k) * TFloat.Bytes));
        TFloat.Load(rest).Store(values);
        for (int i = 0; k < count; i++, k++) target[k] = values[i];
    }

    /// <inheritdoc/>
    public override void Quantize(float* source, byte* target, long count)
    {
        _ = Bytes(count);
        long k = 0;
        for (; k <= count - 8; k += 8) TFloat.Store(Vector256.Load(source + k), target + k * TFloat.Bytes);
        if (k == count) return;
        byte* rest = stackalloc byte[32];
        float* values = stackalloc float[8];
        Unsafe.CopyBlockUnaligned(values, source + k, (uint)(count - k) * sizeof(float));
        TFloat.Store(Vector256.Load(values), rest);
        Unsafe.CopyBlockUnaligned(target + k * TFloat.Bytes, rest, (uint)((count - k) * TFloat.Bytes));
    }
}

/// <summary>IEEE binary32.</summary>
internal readonly unsafe struct SingleFloat : IFloatType
{
    /// <inheritdoc/>
    public static string Name => "f32";

    /// <inheritdoc/>
    public static int Bytes => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* source) => Vector256.Load((float*)source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, byte* target) => values.Store((float*)target);
}

/// <summary>IEEE binary16.</summary>
internal readonly unsafe struct HalfFloat : IFloatType
{
    /// <inheritdoc/>
    public static string Name => "f16";

    /// <inheritdoc/>
    public static int Bytes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load((ushort*)source));
        return HalfBits.ToSingle(Vector256.Create(low, high));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, byte* target)
    {
        var halves = HalfBits.FromSingle(values);
        Vector128.Narrow(halves.GetLower(), halves.GetUpper()).Store((ushort*)target);
    }
}

/// <summary>bfloat16: the upper 16 bits of binary32.</summary>
internal readonly unsafe struct BrainFloat : IFloatType
{
    /// <inheritdoc/>
    public static string Name => "bf16";

    /// <inheritdoc/>
    public static int Bytes => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load((ushort*)source));
        return (Vector256.Create(low, high) << 16).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> values, byte* target)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + (bits >> 16 & Vector256<uint>.One)) >> 16;
        // Rounding could carry a NaN into infinity or zero; its quiet bit keeps it one.
        var quiet = bits >> 16 | Vector256.Create(0x40u);
        var result = Vector256.ConditionalSelect(Vector256.Equals(values, values).AsUInt32(), rounded, quiet);
        Vector128.Narrow(result.GetLower(), result.GetUpper()).Store((ushort*)target);
    }
}
