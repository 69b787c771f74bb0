using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <summary>AVX2 with AVX-VNNI: <see cref="Lanes256"/> but for the dots of bytes, which are one instruction.</summary>
public readonly unsafe struct LanesVnni256(Lanes256 v) : ILanes<LanesVnni256>
{
    private readonly Lanes256 _v = v;

    /// <inheritdoc/>
    public static string Name => "avxvnni";

    /// <inheritdoc/>
    public static bool IsSupported => AvxVnni.IsSupported && Lanes256.IsSupported;

    /// <inheritdoc/>
    public static bool PrefersShorts => false;

    /// <inheritdoc/>
    public static LanesVnni256 Zero => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Load(void* source) => new(Lanes256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanesVnni256 value, void* target) => Lanes256.Store(value._v, target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Broadcast(float value) => new(Lanes256.Broadcast(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 BroadcastInt(int value) => new(Lanes256.BroadcastInt(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LoadUInt16(ushort* source) => new(Lanes256.LoadUInt16(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LoadHalf(ushort* source) => new(Lanes256.LoadHalf(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LoadByte(byte* source) => new(Lanes256.LoadByte(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LoadSByte(sbyte* source) => new(Lanes256.LoadSByte(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUInt16(LanesVnni256 integers, ushort* target) => Lanes256.StoreUInt16(integers._v, target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSByte(LanesVnni256 integers, sbyte* target) => Lanes256.StoreSByte(integers._v, target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Add(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Add(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Subtract(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Subtract(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Multiply(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Multiply(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Divide(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Divide(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 MultiplyAdd(LanesVnni256 a, LanesVnni256 b, LanesVnni256 c) => new(Lanes256.MultiplyAdd(a._v, b._v, c._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Max(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Max(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Min(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Min(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 AddInt(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.AddInt(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 SubtractInt(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.SubtractInt(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ShiftLeftInt(LanesVnni256 value, int count) => new(Lanes256.ShiftLeftInt(value._v, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ShiftRightInt(LanesVnni256 value, int count) => new(Lanes256.ShiftRightInt(value._v, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LessThanInt(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.LessThanInt(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 LessThan(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.LessThan(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Select(LanesVnni256 mask, LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Select(mask._v, a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ToFloat(LanesVnni256 integers) => new(Lanes256.ToFloat(integers._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 And(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.And(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Or(LanesVnni256 a, LanesVnni256 b) => new(Lanes256.Or(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ShiftRight16(LanesVnni256 value, int count) => new(Lanes256.ShiftRight16(value._v, count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Lookup(LanesVnni256 table, LanesVnni256 index) => new(Lanes256.Lookup(table._v, index._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 DotUnsigned(LanesVnni256 sum, LanesVnni256 weights, LanesVnni256 values) => new(new(
        Dot(sum._v.Lower, weights._v.Lower, values._v.Lower.AsSByte()), Dot(sum._v.Upper, weights._v.Upper, values._v.Upper.AsSByte())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 DotSigned(LanesVnni256 sum, LanesVnni256 weights, LanesVnni256 values) => new(new(
        DotSigned(sum._v.Lower, weights._v.Lower.AsSByte(), values._v.Lower.AsSByte()),
        DotSigned(sum._v.Upper, weights._v.Upper.AsSByte(), values._v.Upper.AsSByte())));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ShortDot(LanesVnni256 sum, LanesVnni256 weights, LanesVnni256 values) => DotUnsigned(sum, weights, values);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 ShortStart(int value) => BroadcastInt(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 Widen(LanesVnni256 sums) => sums;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 DotShorts(LanesVnni256 sum, LanesVnni256 weights, LanesVnni256 values) =>
        new(Lanes256.DotShorts(sum._v, weights._v, values._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 EvenBytes(LanesVnni256 bytes) => new(Lanes256.EvenBytes(bytes._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesVnni256 OddBytes(LanesVnni256 bytes) => new(Lanes256.OddBytes(bytes._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(LanesVnni256 value) => Lanes256.Sum(value._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(LanesVnni256 value) => Lanes256.MaxOf(value._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address) => Lanes256.Prefetch(address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(void* address) => Lanes256.PrefetchFar(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Dot(Vector256<byte> sum, Vector256<byte> weights, Vector256<sbyte> values) =>
        AvxVnni.MultiplyWideningAndAdd(sum.AsInt32(), weights, values).AsByte();

    // The values take the weights' signs, so that weights are unsigned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> DotSigned(Vector256<byte> sum, Vector256<sbyte> weights, Vector256<sbyte> values) => AvxVnniInt8.IsSupported
        ? AvxVnniInt8.MultiplyWideningAndAdd(sum.AsInt32(), weights, values).AsByte()
        : Dot(sum, Avx2.Abs(weights), Avx2.Sign(values, weights));
}
