using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>
/// Products over code and scale planes, whatever the block format. For many rows of activations some parts of a group are unpacked to
/// bytes and floats that stay in the first-level cache, then every tile of four rows is multiplied with them.
/// </summary>
internal abstract unsafe partial class PlaneKernel<T, TCodes, TScales> : MatrixKernel
    where T : struct, ILanes<T>
    where TCodes : struct, ICodePlane<TCodes>
    where TScales : struct, IScalePlane<TScales>
{
    /// <summary>Parts that are unpacked at a time: 512 inputs, 8 KiB of codes.</summary>
    protected const int ChunkParts = 16;

    /// <inheritdoc/>
    public sealed override bool TakesShorts => Shorts;

    /// <summary>Room for a part's unpacked codes: bytes, or 16-bit integers.</summary>
    protected static int CodeBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Shorts ? 1024 : 512;
    }

    // Whether codes are multiplied as 16-bit integers: for each quad a register of its even ones and one of its odd ones.
    private static bool Shorts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TCodes.Signed && T.PrefersShorts;
    }

    /// <summary>Most integers of dots that a part makes with a tile.</summary>
    protected const int MostDots = 4 * 64;

    /// <summary>Most floats that a part's scales unpack to.</summary>
    protected const int MostFloats = 6 * 16;

    /// <summary>Quads whose dots are added before they are widened: as many as 16 bits hold, and no more than share a sub-scale.</summary>
    protected static int Chain
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => !TCodes.Signed && TCodes.Bits == 6 ? 2
            : TScales.Sub == SubScale.Half || (!TCodes.Signed && TCodes.Bits == 5) ? 4 : 8;
    }

    private static int Subs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TScales.Sub == SubScale.None ? 0 : TScales.Sub == SubScale.Part ? 1 : 2;
    }

    // A part's floats: scale, sub-scales, then scale of the minimum and sub-minimums where there are any; 16 of each.
    private static int MinAt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16 * (1 + Subs);
    }

    private static int PartFloats
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TScales.HasMin ? 2 * MinAt : MinAt;
    }

    /// <summary>What is added to codes to make them unsigned, and taken away from a dot: formats with minimums have unsigned ones.</summary>
    protected static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TCodes.Signed || TScales.HasMin ? 0 : 1 << (TCodes.Bits - 1);
    }

    /// <summary>Unpacks one part.</summary>
    /// <param name="scales">The packed scales of its block.</param>
    /// <param name="part">Its number in the block.</param>
    /// <param name="plane">Its packed codes.</param>
    /// <param name="codes">Receives its codes.</param>
    /// <param name="floats">Receives its scales.</param>
    /// <param name="toNext">Bytes from the codes to what will be unpacked after this chunk.</param>
    /// <returns>Where the next part's floats go.</returns>
    [MethodImpl(Compile.AtOnce)]
    protected static float* Unpack(byte* scales, int part, byte* plane, byte* codes, float* floats, long toNext)
    {
        // The same part of the next group is read while this one is multiplied.
        for (int ahead = 0; ahead < TCodes.PartBytes; ahead += 64) T.Prefetch(plane + toNext + ahead);
        for (int quad = 0; quad < 8; quad++)
        {
            T values = TCodes.Load<T>(plane, quad);
            if (Shorts)
            {
                T.Store(T.EvenBytes(values), codes + 128 * quad);
                T.Store(T.OddBytes(values), codes + 128 * quad + 64);
            }
            else
            {
                T.Store(values, codes + 64 * quad);
            }
        }

        T.Store(TScales.Scale<T>(scales), floats);
        if (Subs > 0) T.Store(TScales.SubScales<T>(scales, part, 0), floats + 16);
        if (Subs > 1) T.Store(TScales.SubScales<T>(scales, part, 1), floats + 32);
        if (TScales.HasMin)
        {
            T.Store(TScales.MinScale<T>(scales), floats + MinAt);
            if (Subs > 0) T.Store(TScales.SubMins<T>(scales, part, 0), floats + MinAt + 16);
            if (Subs > 1) T.Store(TScales.SubMins<T>(scales, part, 1), floats + MinAt + 32);
        }

        return floats + PartFloats;
    }

    /// <summary>Scales the dots of parts with four rows and adds them to the rows' totals, in order.</summary>
    /// <param name="dots">The dots.</param>
    /// <param name="floats">The parts' scales.</param>
    /// <param name="parts">How many.</param>
    /// <param name="x">The rows.</param>
    /// <param name="totals">16 floats a row.</param>
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    protected static void AddScaled(int* dots, float* floats, int parts, in TileRows x, float* totals)
    {
        int step = 64 * (8 / Chain), floatStep = PartFloats, second = 32 * (8 / Chain), min = MinAt;
        byte* i = (byte*)x.First.Scales, j = i + x.Second, k = i + x.Third, l = i + x.Fourth;
        nint sums = x.First.Sums - x.First.Scales;
        T a = T.Load(totals), b = T.Load(totals + 16), c = T.Load(totals + 32), d = T.Load(totals + 48);
        for (; parts > 0; parts--, dots += step, floats += floatStep, i += 4, j += 4, k += 4, l += 4, sums += 4)
        {
            T p = Half(dots, 0, i + sums), q = Half(dots + 16, 0, j + sums), r = Half(dots + 32, 0, k + sums), s = Half(dots + 48, 0, l + sums);
            if (TScales.Sub != SubScale.None)
            {
                T sub = T.Load(floats + 16);
                p = T.Multiply(p, sub);
                q = T.Multiply(q, sub);
                r = T.Multiply(r, sub);
                s = T.Multiply(s, sub);
            }

            if (TScales.Sub == SubScale.Half)
            {
                T sub = T.Load(floats + 32);
                p = T.MultiplyAdd(Half(dots + second, 1, i + sums), sub, p);
                q = T.MultiplyAdd(Half(dots + second + 16, 1, j + sums), sub, q);
                r = T.MultiplyAdd(Half(dots + second + 32, 1, k + sums), sub, r);
                s = T.MultiplyAdd(Half(dots + second + 48, 1, l + sums), sub, s);
            }

            T scale = T.Load(floats);
            a = T.MultiplyAdd(p, T.Multiply(scale, T.Broadcast(*(float*)i)), a);
            b = T.MultiplyAdd(q, T.Multiply(scale, T.Broadcast(*(float*)j)), b);
            c = T.MultiplyAdd(r, T.Multiply(scale, T.Broadcast(*(float*)k)), c);
            d = T.MultiplyAdd(s, T.Multiply(scale, T.Broadcast(*(float*)l)), d);
            if (!TScales.HasMin) continue;
            scale = T.Load(floats + min);
            a = T.MultiplyAdd(Minimum(i + sums, floats + min), T.Multiply(scale, T.Broadcast(-*(float*)i)), a);
            b = T.MultiplyAdd(Minimum(j + sums, floats + min), T.Multiply(scale, T.Broadcast(-*(float*)j)), b);
            c = T.MultiplyAdd(Minimum(k + sums, floats + min), T.Multiply(scale, T.Broadcast(-*(float*)k)), c);
            d = T.MultiplyAdd(Minimum(l + sums, floats + min), T.Multiply(scale, T.Broadcast(-*(float*)l)), d);
        }

        T.Store(a, totals);
        T.Store(b, totals + 16);
        T.Store(c, totals + 32);
        T.Store(d, totals + 48);
    }

    // The dot of a part, or of a half of one, as floats: the sum of its runs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Half(int* dots, int half, byte* sums)
    {
        bool halves = TScales.Sub == SubScale.Half;
        T sum = T.Load(dots);
        if (Chain <= (halves ? 2 : 4)) sum = T.AddInt(sum, T.Load(dots + 64));
        if (Chain == 2 && !halves) sum = T.AddInt(sum, T.AddInt(T.Load(dots + 128), T.Load(dots + 192)));
        if (Offset != 0 && Chain == 2) sum = T.SubtractInt(sum, T.BroadcastInt(Offset * Sum(sums, halves ? half : -1)));
        return T.ToFloat(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Minimum(byte* sums, float* mins)
    {
        if (TScales.Sub == SubScale.None) return T.Broadcast(Sum(sums, -1));
        if (TScales.Sub == SubScale.Part) return T.Multiply(T.Load(mins + 16), T.Broadcast(Sum(sums, -1)));
        return T.MultiplyAdd(T.Load(mins + 16), T.Broadcast(Sum(sums, 0)), T.Multiply(T.Load(mins + 32), T.Broadcast(Sum(sums, 1))));
    }

    // The sum of a half of a part's codes, or of both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sum(byte* sums, int half) => half < 0 ? ((int*)sums)[0] + ((int*)sums)[1] : ((int*)sums)[half];
}
