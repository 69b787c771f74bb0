namespace Takt.Compute.Lanes;

/// <summary>
/// Sixty-four bytes held in whatever registers a hardware tier has: 16 floats, 16 integers or 64 bytes, lane by lane.
/// Kernels are written once over this type; each tier is one implementation.
/// </summary>
/// <remarks>
/// Every operation gives the same bits in every tier: element-wise operations are IEEE 754 and fused multiply-adds are fused,
/// integer dots are exact, and <see cref="Sum"/> adds in one defined order. So kernels may run on any tier with one result.
/// </remarks>
/// <typeparam name="T">The tier itself.</typeparam>
public unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    /// <summary>The tier's name, as <c>TAKT_ISA</c> takes it.</summary>
    static abstract string Name { get; }

    /// <summary>Whether this machine can run it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>All lanes zero.</summary>
    static abstract T Zero { get; }

    /// <summary>Reads 64 bytes.</summary>
    static abstract T Load(void* source);

    /// <summary>Writes 64 bytes.</summary>
    static abstract void Store(T value, void* target);

    /// <summary>The float in all lanes.</summary>
    static abstract T Broadcast(float value);

    /// <summary>The 32-bit integer in all lanes (or four bytes, sixteen times).</summary>
    static abstract T BroadcastInt(int value);

    /// <summary>Reads 16 unsigned 16-bit integers into integer lanes.</summary>
    static abstract T LoadUInt16(ushort* source);

    /// <summary>Reads 16 half floats as floats.</summary>
    static abstract T LoadHalf(ushort* source);

    /// <summary>Reads 16 unsigned bytes into integer lanes.</summary>
    static abstract T LoadByte(byte* source);

    /// <summary>Reads 16 signed bytes into integer lanes.</summary>
    static abstract T LoadSByte(sbyte* source);

    /// <summary>Writes the low 16 bits of integer lanes.</summary>
    static abstract void StoreUInt16(T integers, ushort* target);

    /// <summary>Writes integer lanes, each -128..127, as 16 signed bytes.</summary>
    static abstract void StoreSByte(T integers, sbyte* target);

    /// <summary>a + b.</summary>
    static abstract T Add(T a, T b);

    /// <summary>a - b.</summary>
    static abstract T Subtract(T a, T b);

    /// <summary>a * b.</summary>
    static abstract T Multiply(T a, T b);

    /// <summary>a / b.</summary>
    static abstract T Divide(T a, T b);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The larger of each pair of floats; NaN where one is.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller of each pair of floats; NaN where one is.</summary>
    static abstract T Min(T a, T b);

    /// <summary>Integer lanes a + b.</summary>
    static abstract T AddInt(T a, T b);

    /// <summary>Integer lanes a - b.</summary>
    static abstract T SubtractInt(T a, T b);

    /// <summary>Integer lanes shifted left.</summary>
    static abstract T ShiftLeftInt(T value, int count);

    /// <summary>Integer lanes shifted right, zeros coming in.</summary>
    static abstract T ShiftRightInt(T value, int count);

    /// <summary>All bits of a lane where a &lt; b as signed integers, else none.</summary>
    static abstract T LessThanInt(T a, T b);

    /// <summary>All bits of a lane where a &lt; b as floats, else none; none where one is NaN.</summary>
    static abstract T LessThan(T a, T b);

    /// <summary>The bits of <paramref name="a"/> where the mask's are set, else those of <paramref name="b"/>.</summary>
    static abstract T Select(T mask, T a, T b);

    /// <summary>Integer lanes as floats.</summary>
    static abstract T ToFloat(T integers);

    /// <summary>Bitwise and.</summary>
    static abstract T And(T a, T b);

    /// <summary>Bitwise or.</summary>
    static abstract T Or(T a, T b);

    /// <summary>All 64 bytes shifted right by 0 to 7 bits within 16-bit units: mask off what came from the neighbour.</summary>
    static abstract T ShiftRight16(T value, int count);

    /// <summary>Replaces each byte, 0 to 15, by that entry of a table; <paramref name="table"/> holds its 16 bytes four times.</summary>
    static abstract T Lookup(T table, T index);

    /// <summary>
    /// Adds to each integer lane the four products of its bytes, exactly. <paramref name="weights"/>: 0..127.
    /// <paramref name="values"/>: -127..127.
    /// </summary>
    static abstract T DotUnsigned(T sum, T weights, T values);

    /// <summary>The same with weights -128..127.</summary>
    static abstract T DotSigned(T sum, T weights, T values);

    /// <summary>
    /// Adds the products of unsigned weights to sums that may be as short as 16 bits: exact while the end result of each half of a
    /// lane fits them. <see cref="ShortStart"/> begins such sums and <see cref="Widen"/> makes integer lanes of them.
    /// </summary>
    static abstract T ShortDot(T sum, T weights, T values);

    /// <summary>Short sums whose lanes are worth <paramref name="value"/>, which fits 16 bits.</summary>
    static abstract T ShortStart(int value);

    /// <summary>The integer lanes of short sums.</summary>
    static abstract T Widen(T sums);

    /// <summary>Whether many signed bytes are multiplied faster as 16-bit integers, by <see cref="DotShorts"/>.</summary>
    static abstract bool PrefersShorts { get; }

    /// <summary>Adds to each integer lane the two products of its 16-bit halves.</summary>
    static abstract T DotShorts(T sum, T weights, T values);

    /// <summary>The even bytes of a register of signed bytes, as 16-bit integers.</summary>
    static abstract T EvenBytes(T bytes);

    /// <summary>The odd bytes of a register of signed bytes, as 16-bit integers.</summary>
    static abstract T OddBytes(T bytes);

    /// <summary>The sum of all floats: lanes i and i+8, then i and i+4, then i and i+2, then the last two.</summary>
    static abstract float Sum(T value);

    /// <summary>The largest float; NaN where one is.</summary>
    static abstract float MaxOf(T value);

    /// <summary>Asks for a cache line soon before it is needed.</summary>
    static abstract void Prefetch(void* address);

    /// <summary>
    /// Asks for a cache line long before it is needed, and for the second-level cache only: requests of the first level have few places to
    /// wait in, which memory's latency fills.
    /// </summary>
    static abstract void PrefetchFar(void* address);
}
