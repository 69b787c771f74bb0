using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <summary>AVX2 and FMA: two 256-bit registers.</summary>
public readonly unsafe struct Lanes256(Vector256<byte> a, Vector256<byte> b) : ILanes<Lanes256>
{
    private readonly Vector256<byte> _a = a;
    private readonly Vector256<byte> _b = b;

    /// <summary>The first 32 bytes.</summary>
    internal Vector256<byte> Lower => _a;

    /// <summary>The others.</summary>
    internal Vector256<byte> Upper => _b;

    /// <inheritdoc/>
    public static string Name => "avx2";

    /// <inheritdoc/>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <inheritdoc/>
    public static Lanes256 Zero => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(void* source) => new(Vector256.Load((byte*)source), Vector256.Load((byte*)source + 32));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256 value, void* target)
    {
        value._a.Store((byte*)target);
        value._b.Store((byte*)target + 32);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value) => Twice(Vector256.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 BroadcastInt(int value) => Twice(Vector256.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadUInt16(ushort* source) =>
        new(Avx2.ConvertToVector256Int32(source).AsByte(), Avx2.ConvertToVector256Int32(source + 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHalf(ushort* source) => new(ToFloat(source), ToFloat(source + 8));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadByte(byte* source) =>
        new(Avx2.ConvertToVector256Int32(source).AsByte(), Avx2.ConvertToVector256Int32(source + 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadSByte(sbyte* source) =>
        new(Avx2.ConvertToVector256Int32(source).AsByte(), Avx2.ConvertToVector256Int32(source + 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUInt16(Lanes256 integers, ushort* target)
    {
        Vector256<int> mask = Vector256.Create(0xffff);
        Narrow(integers._a.AsInt32() & mask).Store(target);
        Narrow(integers._b.AsInt32() & mask).Store(target + 8);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSByte(Lanes256 integers, sbyte* target)
    {
        Vector128<short> low = Narrow(integers._a.AsInt32() & Vector256.Create(0xffff)).AsInt16();
        Vector128<short> high = Narrow(integers._b.AsInt32() & Vector256.Create(0xffff)).AsInt16();
        Sse2.PackSignedSaturate(low, high).Store(target);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Add(Lanes256 a, Lanes256 b) =>
        new((a._a.AsSingle() + b._a.AsSingle()).AsByte(), (a._b.AsSingle() + b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Subtract(Lanes256 a, Lanes256 b) =>
        new((a._a.AsSingle() - b._a.AsSingle()).AsByte(), (a._b.AsSingle() - b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Multiply(Lanes256 a, Lanes256 b) =>
        new((a._a.AsSingle() * b._a.AsSingle()).AsByte(), (a._b.AsSingle() * b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Divide(Lanes256 a, Lanes256 b) =>
        new((a._a.AsSingle() / b._a.AsSingle()).AsByte(), (a._b.AsSingle() / b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Fma.MultiplyAdd(a._a.AsSingle(), b._a.AsSingle(), c._a.AsSingle()).AsByte(), Fma.MultiplyAdd(a._b.AsSingle(), b._b.AsSingle(), c._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) =>
        new(Vector256.Max(a._a.AsSingle(), b._a.AsSingle()).AsByte(), Vector256.Max(a._b.AsSingle(), b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 a, Lanes256 b) =>
        new(Vector256.Min(a._a.AsSingle(), b._a.AsSingle()).AsByte(), Vector256.Min(a._b.AsSingle(), b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddInt(Lanes256 a, Lanes256 b) =>
        new((a._a.AsInt32() + b._a.AsInt32()).AsByte(), (a._b.AsInt32() + b._b.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SubtractInt(Lanes256 a, Lanes256 b) =>
        new((a._a.AsInt32() - b._a.AsInt32()).AsByte(), (a._b.AsInt32() - b._b.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftLeftInt(Lanes256 value, int count) =>
        new((value._a.AsInt32() << count).AsByte(), (value._b.AsInt32() << count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftRightInt(Lanes256 value, int count) =>
        new((value._a.AsInt32() >>> count).AsByte(), (value._b.AsInt32() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LessThanInt(Lanes256 a, Lanes256 b) =>
        new(Vector256.LessThan(a._a.AsInt32(), b._a.AsInt32()).AsByte(), Vector256.LessThan(a._b.AsInt32(), b._b.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LessThan(Lanes256 a, Lanes256 b) =>
        new(Vector256.LessThan(a._a.AsSingle(), b._a.AsSingle()).AsByte(), Vector256.LessThan(a._b.AsSingle(), b._b.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 a, Lanes256 b) =>
        new(Vector256.ConditionalSelect(mask._a, a._a, b._a), Vector256.ConditionalSelect(mask._b, a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ToFloat(Lanes256 integers) =>
        new(Avx.ConvertToVector256Single(integers._a.AsInt32()).AsByte(), Avx.ConvertToVector256Single(integers._b.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 And(Lanes256 a, Lanes256 b) =>
        new(a._a & b._a, a._b & b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Or(Lanes256 a, Lanes256 b) =>
        new(a._a | b._a, a._b | b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShiftRight16(Lanes256 value, int count) =>
        new((value._a.AsUInt16() >>> count).AsByte(), (value._b.AsUInt16() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Lookup(Lanes256 table, Lanes256 index) =>
        new(Avx2.Shuffle(table._a, index._a), Avx2.Shuffle(table._b, index._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DotUnsigned(Lanes256 sum, Lanes256 weights, Lanes256 values) =>
        new(Dot(sum._a, weights._a, values._a.AsSByte()), Dot(sum._b, weights._b, values._b.AsSByte()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DotSigned(Lanes256 sum, Lanes256 weights, Lanes256 values) =>
        new(DotSigned(sum._a, weights._a.AsSByte(), values._a.AsSByte()), DotSigned(sum._b, weights._b.AsSByte(), values._b.AsSByte()));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShortDot(Lanes256 sum, Lanes256 weights, Lanes256 values) => new(
        (Avx2.MultiplyAddAdjacent(weights._a, values._a.AsSByte()) + sum._a.AsInt16()).AsByte(),
        (Avx2.MultiplyAddAdjacent(weights._b, values._b.AsSByte()) + sum._b.AsInt16()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Widen(Lanes256 sums) => new(
        Avx2.MultiplyAddAdjacent(sums._a.AsInt16(), Vector256.Create((short)1)).AsByte(),
        Avx2.MultiplyAddAdjacent(sums._b.AsInt16(), Vector256.Create((short)1)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ShortStart(int value) => BroadcastInt(value & 0xffff);

    /// <inheritdoc/>
    public static bool PrefersShorts => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 DotShorts(Lanes256 sum, Lanes256 weights, Lanes256 values) => new(
        (Avx2.MultiplyAddAdjacent(weights._a.AsInt16(), values._a.AsInt16()) + sum._a.AsInt32()).AsByte(),
        (Avx2.MultiplyAddAdjacent(weights._b.AsInt16(), values._b.AsInt16()) + sum._b.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 EvenBytes(Lanes256 bytes) =>
        new(((bytes._a.AsInt16() << 8) >> 8).AsByte(), ((bytes._b.AsInt16() << 8) >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 OddBytes(Lanes256 bytes) =>
        new((bytes._a.AsInt16() >> 8).AsByte(), (bytes._b.AsInt16() >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value)
    {
        Vector256<float> eight = value._a.AsSingle() + value._b.AsSingle();
        return LaneReduce.Sum(eight.GetLower() + eight.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Lanes256 value)
    {
        Vector256<float> eight = Vector256.Max(value._a.AsSingle(), value._b.AsSingle());
        return LaneReduce.Max(Vector128.Max(eight.GetLower(), eight.GetUpper()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address) => Sse.Prefetch0(address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(void* address) => Sse.Prefetch2(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> ToFloat(ushort* halves)
    {
        // With the half's exponent in a float's place, one exact product corrects the bias and makes subnormals normal.
        Vector256<int> bits = Avx2.ConvertToVector256Int32((short*)halves);
        Vector256<float> value = ((bits << 13) & Vector256.Create(unchecked((int)0x8fffe000))).AsSingle() * Vector256.Create(HalfLanes.ExponentBias);
        Vector256<int> exponent = Vector256.Create(0x7c00);
        Vector256<int> special = Vector256.Equals(bits & exponent, exponent) & Vector256.Create(0x7f800000); // infinity and NaN
        return (value.AsInt32() | special).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 Twice(Vector256<byte> half) => new(half, half);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Narrow(Vector256<int> values) =>
        Sse41.PackUnsignedSaturate(values.GetLower(), values.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Dot(Vector256<byte> sum, Vector256<byte> weights, Vector256<sbyte> values)
    {
        Vector256<short> pairs = Avx2.MultiplyAddAdjacent(weights, values);
        return (Avx2.MultiplyAddAdjacent(pairs, Vector256.Create((short)1)) + sum.AsInt32()).AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> DotSigned(Vector256<byte> sum, Vector256<sbyte> weights, Vector256<sbyte> values) =>
        Dot(sum, Avx2.Abs(weights), Avx2.Sign(values, weights)); // the products fit 16 bits because |x| is at most 127
}
