using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <content>To and from memory.</content>
public readonly unsafe partial struct Lanes128
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(void* source) =>
        new(
            Vector128.Load((byte*)source + 0),
            Vector128.Load((byte*)source + 16),
            Vector128.Load((byte*)source + 32),
            Vector128.Load((byte*)source + 48));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, void* target)
    {
        value._a.Store((byte*)target);
        value._b.Store((byte*)target + 16);
        value._c.Store((byte*)target + 32);
        value._d.Store((byte*)target + 48);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadUInt16(ushort* source)
    {
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(Vector128.Load(source));
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(Vector128.Load(source + 8));
        return new(a.AsByte(), b.AsByte(), c.AsByte(), d.AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHalf(ushort* source)
    {
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(Vector128.Load(source));
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(Vector128.Load(source + 8));
        return new(HalfLanes.ToFloat(a), HalfLanes.ToFloat(b), HalfLanes.ToFloat(c), HalfLanes.ToFloat(d));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadByte(byte* source)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(source));
        (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
        (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
        return new(a.AsByte(), b.AsByte(), c.AsByte(), d.AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadSByte(sbyte* source)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(source));
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
        return new(a.AsByte(), b.AsByte(), c.AsByte(), d.AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUInt16(Lanes128 integers, ushort* target)
    {
        Vector128.Narrow(integers._a.AsUInt32(), integers._b.AsUInt32()).Store(target);
        Vector128.Narrow(integers._c.AsUInt32(), integers._d.AsUInt32()).Store(target + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSByte(Lanes128 integers, sbyte* target)
    {
        Vector128<short> low = Vector128.Narrow(integers._a.AsInt32(), integers._b.AsInt32());
        Vector128<short> high = Vector128.Narrow(integers._c.AsInt32(), integers._d.AsInt32());
        Vector128.Narrow(low, high).Store(target);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch2(address);
    }
}
