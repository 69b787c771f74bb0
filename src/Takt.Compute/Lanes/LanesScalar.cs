using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Takt.Compute.Lanes;

/// <summary>One lane after the other: the definition that the vector tiers are tested against, and the tier of last resort.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public unsafe partial struct LanesScalar : ILanes<LanesScalar>
{
    private byte _first;

    /// <inheritdoc/>
    public static string Name => "scalar";

    /// <inheritdoc/>
    public static bool IsSupported => true;

    /// <inheritdoc/>
    public static bool PrefersShorts => false;

    /// <inheritdoc/>
    public static LanesScalar Zero => default;

    /// <inheritdoc/>
    public static LanesScalar Load(void* source) => *(LanesScalar*)source;

    /// <inheritdoc/>
    public static void Store(LanesScalar value, void* target) => *(LanesScalar*)target = value;

    /// <inheritdoc/>
    public static LanesScalar Broadcast(float value)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = value;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar BroadcastInt(int value)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = value;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LoadUInt16(ushort* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = source[i];
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LoadHalf(ushort* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = (float)((Half*)source)[i];
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LoadByte(byte* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = source[i];
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LoadSByte(sbyte* source)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = source[i];
        return result;
    }

    /// <inheritdoc/>
    public static void StoreUInt16(LanesScalar integers, ushort* target)
    {
        for (int i = 0; i < 16; i++) target[i] = (ushort)integers.Int(i);
    }

    /// <inheritdoc/>
    public static void StoreSByte(LanesScalar integers, sbyte* target)
    {
        for (int i = 0; i < 16; i++) target[i] = (sbyte)integers.Int(i);
    }

    /// <inheritdoc/>
    public static LanesScalar Add(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = a.Float(i) + b.Float(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Subtract(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = a.Float(i) - b.Float(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Multiply(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = a.Float(i) * b.Float(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Divide(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = a.Float(i) / b.Float(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar MultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = MathF.FusedMultiplyAdd(a.Float(i), b.Float(i), c.Float(i));
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Max(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = MathF.Max(a.Float(i), b.Float(i));
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Min(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = MathF.Min(a.Float(i), b.Float(i));
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar AddInt(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Int(i) + b.Int(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar SubtractInt(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Int(i) - b.Int(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar ShiftLeftInt(LanesScalar value, int count)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = value.Int(i) << count;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar ShiftRightInt(LanesScalar value, int count)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = value.Int(i) >>> count;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LessThanInt(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Int(i) < b.Int(i) ? -1 : 0;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar LessThan(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Float(i) < b.Float(i) ? -1 : 0;
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Select(LanesScalar mask, LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = (mask.Int(i) & a.Int(i)) | (~mask.Int(i) & b.Int(i));
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar ToFloat(LanesScalar integers)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Float(i) = integers.Int(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar And(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Int(i) & b.Int(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Or(LanesScalar a, LanesScalar b)
    {
        LanesScalar result = default;
        for (int i = 0; i < 16; i++) result.Int(i) = a.Int(i) | b.Int(i);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar ShiftRight16(LanesScalar value, int count)
    {
        LanesScalar result = default;
        for (int i = 0; i < 32; i++) result.UInt16(i) = (ushort)(value.UInt16(i) >> count);
        return result;
    }

    /// <inheritdoc/>
    public static LanesScalar Lookup(LanesScalar table, LanesScalar index)
    {
        LanesScalar result = default;
        for (int i = 0; i < 64; i++) result.Byte(i) = table.Byte(index.Byte(i));
        return result;
    }

    /// <inheritdoc/>
    public static float Sum(LanesScalar value)
    {
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++) value.Float(i) += value.Float(i + half);
        }

        return value.Float(0);
    }

    /// <inheritdoc/>
    public static float MaxOf(LanesScalar value)
    {
        float largest = value.Float(0);
        for (int i = 1; i < 16; i++) largest = MathF.Max(largest, value.Float(i));
        return largest;
    }

    /// <inheritdoc/>
    public static void Prefetch(void* address)
    {
    }

    /// <inheritdoc/>
    public static void PrefetchFar(void* address)
    {
    }

    [UnscopedRef]
    private ref float Float(int i) => ref Unsafe.Add(ref Unsafe.As<byte, float>(ref _first), i);

    [UnscopedRef]
    private ref int Int(int i) => ref Unsafe.Add(ref Unsafe.As<byte, int>(ref _first), i);

    [UnscopedRef]
    private ref ushort UInt16(int i) => ref Unsafe.Add(ref Unsafe.As<byte, ushort>(ref _first), i);

    [UnscopedRef]
    private ref byte Byte(int i) => ref Unsafe.Add(ref _first, i);
}
