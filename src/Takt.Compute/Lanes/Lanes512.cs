using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Takt.Compute.Lanes;

/// <summary>AVX-512: one 512-bit register.</summary>
public readonly unsafe struct Lanes512(Vector512<byte> v) : ILanes<Lanes512>
{
    private readonly Vector512<byte> _v = v;

    /// <inheritdoc/>
    public static string Name => "avx512";

    /// <inheritdoc/>
    public static bool IsSupported => Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported;

    /// <inheritdoc/>
    public static Lanes512 Zero => default;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(void* source) => new(Vector512.Load((byte*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, void* target) => value._v.Store((byte*)target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 BroadcastInt(int value) => new(Vector512.Create(value).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadUInt16(ushort* source) =>
        new(Avx512F.ConvertToVector512Int32(Vector256.Load(source)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadHalf(ushort* source)
    {
        Vector512<int> bits = Avx512F.ConvertToVector512Int32(Vector256.Load(source));
        Vector512<int> magnitude = (bits & Vector512.Create(0x7fff)) << 13;
        Vector512<int> offset = Vector512.Create(HalfLanes.SubnormalRebias);
        Vector512<int> normal = magnitude + Vector512.Create(HalfLanes.Rebias);
        normal += Vector512.GreaterThan(magnitude, Vector512.Create(HalfLanes.Largest)) & Vector512.Create(HalfLanes.Rebias);
        Vector512<int> small = ((magnitude + offset).AsSingle() - offset.AsSingle()).AsInt32();
        Vector512<int> value = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitude, Vector512.Create(HalfLanes.SmallestNormal)), small, normal);
        return new((value | ((bits & Vector512.Create(0x8000)) << 16)).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadByte(byte* source) =>
        new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadSByte(sbyte* source) =>
        new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreUInt16(Lanes512 integers, ushort* target) =>
        Avx512F.ConvertToVector256UInt16(integers._v.AsInt32().AsUInt32()).Store(target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSByte(Lanes512 integers, sbyte* target) =>
        Avx512F.ConvertToVector128SByte(integers._v.AsInt32()).Store(target);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Add(Lanes512 a, Lanes512 b) => new((a._v.AsSingle() + b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Subtract(Lanes512 a, Lanes512 b) => new((a._v.AsSingle() - b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Multiply(Lanes512 a, Lanes512 b) => new((a._v.AsSingle() * b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Divide(Lanes512 a, Lanes512 b) => new((a._v.AsSingle() / b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Avx512F.FusedMultiplyAdd(a._v.AsSingle(), b._v.AsSingle(), c._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.Max(a._v.AsSingle(), b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.Min(a._v.AsSingle(), b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddInt(Lanes512 a, Lanes512 b) => new((a._v.AsInt32() + b._v.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SubtractInt(Lanes512 a, Lanes512 b) => new((a._v.AsInt32() - b._v.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftLeftInt(Lanes512 value, int count) => new((value._v.AsInt32() << count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftRightInt(Lanes512 value, int count) => new((value._v.AsInt32() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LessThanInt(Lanes512 a, Lanes512 b) => new(Vector512.LessThan(a._v.AsInt32(), b._v.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LessThan(Lanes512 a, Lanes512 b) => new(Vector512.LessThan(a._v.AsSingle(), b._v.AsSingle()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 a, Lanes512 b) =>
        new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ToFloat(Lanes512 integers) => new(Avx512F.ConvertToVector512Single(integers._v.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 And(Lanes512 a, Lanes512 b) => new(a._v & b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Or(Lanes512 a, Lanes512 b) => new(a._v | b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShiftRight16(Lanes512 value, int count) => new((value._v.AsUInt16() >>> count).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Lookup(Lanes512 table, Lanes512 index) => new(Avx512BW.Shuffle(table._v, index._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DotUnsigned(Lanes512 sum, Lanes512 weights, Lanes512 values)
    {
        Vector512<short> pairs = Avx512BW.MultiplyAddAdjacent(weights._v, values._v.AsSByte());
        return new((Avx512BW.MultiplyAddAdjacent(pairs, Vector512.Create((short)1)) + sum._v.AsInt32()).AsByte());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DotSigned(Lanes512 sum, Lanes512 weights, Lanes512 values)
    {
        // |w| * (x with w's sign): the products fit 16 bits because |x| is at most 127.
        Vector512<sbyte> w = weights._v.AsSByte();
        Vector512<sbyte> x = values._v.AsSByte();
        Vector512<sbyte> signed = Vector512.ConditionalSelect(Vector512.LessThan(w, Vector512<sbyte>.Zero), -x, x);
        return DotUnsigned(sum, new(Avx512BW.Abs(w)), new(signed.AsByte()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShortDot(Lanes512 sum, Lanes512 weights, Lanes512 values) =>
        new((Avx512BW.MultiplyAddAdjacent(weights._v, values._v.AsSByte()) + sum._v.AsInt16()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Widen(Lanes512 sums) =>
        new(Avx512BW.MultiplyAddAdjacent(sums._v.AsInt16(), Vector512.Create((short)1)).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ShortStart(int value) => BroadcastInt(value & 0xffff);

    /// <inheritdoc/>
    public static bool PrefersShorts => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 DotShorts(Lanes512 sum, Lanes512 weights, Lanes512 values) =>
        new((Avx512BW.MultiplyAddAdjacent(weights._v.AsInt16(), values._v.AsInt16()) + sum._v.AsInt32()).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 EvenBytes(Lanes512 bytes) => new(((bytes._v.AsInt16() << 8) >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 OddBytes(Lanes512 bytes) => new((bytes._v.AsInt16() >> 8).AsByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value)
    {
        Vector256<float> eight = value._v.AsSingle().GetLower() + value._v.AsSingle().GetUpper();
        return LaneReduce.Sum(eight.GetLower() + eight.GetUpper());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxOf(Lanes512 value)
    {
        Vector256<float> eight = Vector256.Max(value._v.AsSingle().GetLower(), value._v.AsSingle().GetUpper());
        return LaneReduce.Max(Vector128.Max(eight.GetLower(), eight.GetUpper()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address) => Sse.Prefetch0(address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchFar(void* address) => Sse.Prefetch2(address);
}
