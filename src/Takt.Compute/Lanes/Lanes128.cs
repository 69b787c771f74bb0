using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <summary>Four 128-bit registers, by the portable vector API: SSE on old x86, NEON on Arm.</summary>
public readonly unsafe partial struct Lanes128(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d) : ILanes<Lanes128>
{
    private readonly Vector128<byte> _a = a;
    private readonly Vector128<byte> _b = b;
    private readonly Vector128<byte> _c = c;
    private readonly Vector128<byte> _d = d;

    /// <inheritdoc/>
    public static string Name => "vector128";

    /// <inheritdoc/>
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    /// <inheritdoc/>
    public static Lanes128 Zero => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value) => Repeat(Vector128.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 BroadcastInt(int value) => Repeat(Vector128.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Add(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsSingle() + b._a.AsSingle()).AsByte(),
            (a._b.AsSingle() + b._b.AsSingle()).AsByte(),
            (a._c.AsSingle() + b._c.AsSingle()).AsByte(),
            (a._d.AsSingle() + b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Subtract(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsSingle() - b._a.AsSingle()).AsByte(),
            (a._b.AsSingle() - b._b.AsSingle()).AsByte(),
            (a._c.AsSingle() - b._c.AsSingle()).AsByte(),
            (a._d.AsSingle() - b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Multiply(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsSingle() * b._a.AsSingle()).AsByte(),
            (a._b.AsSingle() * b._b.AsSingle()).AsByte(),
            (a._c.AsSingle() * b._c.AsSingle()).AsByte(),
            (a._d.AsSingle() * b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Divide(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsSingle() / b._a.AsSingle()).AsByte(),
            (a._b.AsSingle() / b._b.AsSingle()).AsByte(),
            (a._c.AsSingle() / b._c.AsSingle()).AsByte(),
            (a._d.AsSingle() / b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(
            Vector128.FusedMultiplyAdd(a._a.AsSingle(), b._a.AsSingle(), c._a.AsSingle()).AsByte(),
            Vector128.FusedMultiplyAdd(a._b.AsSingle(), b._b.AsSingle(), c._b.AsSingle()).AsByte(),
            Vector128.FusedMultiplyAdd(a._c.AsSingle(), b._c.AsSingle(), c._c.AsSingle()).AsByte(),
            Vector128.FusedMultiplyAdd(a._d.AsSingle(), b._d.AsSingle(), c._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) =>
        new(
            Vector128.Max(a._a.AsSingle(), b._a.AsSingle()).AsByte(),
            Vector128.Max(a._b.AsSingle(), b._b.AsSingle()).AsByte(),
            Vector128.Max(a._c.AsSingle(), b._c.AsSingle()).AsByte(),
            Vector128.Max(a._d.AsSingle(), b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 a, Lanes128 b) =>
        new(
            Vector128.Min(a._a.AsSingle(), b._a.AsSingle()).AsByte(),
            Vector128.Min(a._b.AsSingle(), b._b.AsSingle()).AsByte(),
            Vector128.Min(a._c.AsSingle(), b._c.AsSingle()).AsByte(),
            Vector128.Min(a._d.AsSingle(), b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddInt(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsInt32() + b._a.AsInt32()).AsByte(),
            (a._b.AsInt32() + b._b.AsInt32()).AsByte(),
            (a._c.AsInt32() + b._c.AsInt32()).AsByte(),
            (a._d.AsInt32() + b._d.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SubtractInt(Lanes128 a, Lanes128 b) =>
        new(
            (a._a.AsInt32() - b._a.AsInt32()).AsByte(),
            (a._b.AsInt32() - b._b.AsInt32()).AsByte(),
            (a._c.AsInt32() - b._c.AsInt32()).AsByte(),
            (a._d.AsInt32() - b._d.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftLeftInt(Lanes128 value, int count) =>
        new(
            (value._a.AsInt32() << count).AsByte(),
            (value._b.AsInt32() << count).AsByte(),
            (value._c.AsInt32() << count).AsByte(),
            (value._d.AsInt32() << count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftRightInt(Lanes128 value, int count) =>
        new(
            (value._a.AsInt32() >>> count).AsByte(),
            (value._b.AsInt32() >>> count).AsByte(),
            (value._c.AsInt32() >>> count).AsByte(),
            (value._d.AsInt32() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LessThanInt(Lanes128 a, Lanes128 b) =>
        new(
            Vector128.LessThan(a._a.AsInt32(), b._a.AsInt32()).AsByte(),
            Vector128.LessThan(a._b.AsInt32(), b._b.AsInt32()).AsByte(),
            Vector128.LessThan(a._c.AsInt32(), b._c.AsInt32()).AsByte(),
            Vector128.LessThan(a._d.AsInt32(), b._d.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LessThan(Lanes128 a, Lanes128 b) =>
        new(
            Vector128.LessThan(a._a.AsSingle(), b._a.AsSingle()).AsByte(),
            Vector128.LessThan(a._b.AsSingle(), b._b.AsSingle()).AsByte(),
            Vector128.LessThan(a._c.AsSingle(), b._c.AsSingle()).AsByte(),
            Vector128.LessThan(a._d.AsSingle(), b._d.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(Lanes128 mask, Lanes128 a, Lanes128 b) =>
        new(
            Vector128.ConditionalSelect(mask._a, a._a, b._a),
            Vector128.ConditionalSelect(mask._b, a._b, b._b),
            Vector128.ConditionalSelect(mask._c, a._c, b._c),
            Vector128.ConditionalSelect(mask._d, a._d, b._d));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ToFloat(Lanes128 integers) =>
        new(
            Vector128.ConvertToSingle(integers._a.AsInt32()).AsByte(),
            Vector128.ConvertToSingle(integers._b.AsInt32()).AsByte(),
            Vector128.ConvertToSingle(integers._c.AsInt32()).AsByte(),
            Vector128.ConvertToSingle(integers._d.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 And(Lanes128 a, Lanes128 b) =>
        new(
            a._a & b._a,
            a._b & b._b,
            a._c & b._c,
            a._d & b._d);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Or(Lanes128 a, Lanes128 b) =>
        new(
            a._a | b._a,
            a._b | b._b,
            a._c | b._c,
            a._d | b._d);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShiftRight16(Lanes128 value, int count) =>
        new(
            (value._a.AsUInt16() >>> count).AsByte(),
            (value._b.AsUInt16() >>> count).AsByte(),
            (value._c.AsUInt16() >>> count).AsByte(),
            (value._d.AsUInt16() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Lookup(Lanes128 table, Lanes128 index) =>
        new(
            Vector128.ShuffleNative(table._a, index._a),
            Vector128.ShuffleNative(table._b, index._b),
            Vector128.ShuffleNative(table._c, index._c),
            Vector128.ShuffleNative(table._d, index._d));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DotUnsigned(Lanes128 sum, Lanes128 weights, Lanes128 values) =>
        new(
            Dot128.Unsigned(sum._a.AsInt32(), weights._a, values._a.AsSByte()).AsByte(),
            Dot128.Unsigned(sum._b.AsInt32(), weights._b, values._b.AsSByte()).AsByte(),
            Dot128.Unsigned(sum._c.AsInt32(), weights._c, values._c.AsSByte()).AsByte(),
            Dot128.Unsigned(sum._d.AsInt32(), weights._d, values._d.AsSByte()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DotSigned(Lanes128 sum, Lanes128 weights, Lanes128 values) =>
        new(
            Dot128.Signed(sum._a.AsInt32(), weights._a.AsSByte(), values._a.AsSByte()).AsByte(),
            Dot128.Signed(sum._b.AsInt32(), weights._b.AsSByte(), values._b.AsSByte()).AsByte(),
            Dot128.Signed(sum._c.AsInt32(), weights._c.AsSByte(), values._c.AsSByte()).AsByte(),
            Dot128.Signed(sum._d.AsInt32(), weights._d.AsSByte(), values._d.AsSByte()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShortDot(Lanes128 sum, Lanes128 weights, Lanes128 values) => new(
        Dot128.Short(sum._a, weights._a, values._a.AsSByte()),
        Dot128.Short(sum._b, weights._b, values._b.AsSByte()),
        Dot128.Short(sum._c, weights._c, values._c.AsSByte()),
        Dot128.Short(sum._d, weights._d, values._d.AsSByte()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Widen(Lanes128 sums) =>
        new(Dot128.Widen(sums._a), Dot128.Widen(sums._b), Dot128.Widen(sums._c), Dot128.Widen(sums._d));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ShortStart(int value) => BroadcastInt(Dot128.ShortSums ? value & 0xffff : value);

    /// <inheritdoc/>
    public static bool PrefersShorts => Dot128.PrefersShorts;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 DotShorts(Lanes128 sum, Lanes128 weights, Lanes128 values) => new(
        Dot128.Shorts(sum._a.AsInt32(), weights._a.AsInt16(), values._a.AsInt16()).AsByte(),
        Dot128.Shorts(sum._b.AsInt32(), weights._b.AsInt16(), values._b.AsInt16()).AsByte(),
        Dot128.Shorts(sum._c.AsInt32(), weights._c.AsInt16(), values._c.AsInt16()).AsByte(),
        Dot128.Shorts(sum._d.AsInt32(), weights._d.AsInt16(), values._d.AsInt16()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 EvenBytes(Lanes128 bytes) => new(
        ((bytes._a.AsInt16() << 8) >> 8).AsByte(), ((bytes._b.AsInt16() << 8) >> 8).AsByte(),
        ((bytes._c.AsInt16() << 8) >> 8).AsByte(), ((bytes._d.AsInt16() << 8) >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 OddBytes(Lanes128 bytes) => new(
        (bytes._a.AsInt16() >> 8).AsByte(), (bytes._b.AsInt16() >> 8).AsByte(),
        (bytes._c.AsInt16() >> 8).AsByte(), (bytes._d.AsInt16() >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 value) =>
        LaneReduce.Sum((value._a.AsSingle() + value._c.AsSingle()) + (value._b.AsSingle() + value._d.AsSingle()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Lanes128 value) =>
        LaneReduce.Max(Vector128.Max(
            Vector128.Max(value._a.AsSingle(), value._c.AsSingle()), Vector128.Max(value._b.AsSingle(), value._d.AsSingle())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes128 Repeat(Vector128<byte> quarter) => new(quarter, quarter, quarter, quarter);
}
