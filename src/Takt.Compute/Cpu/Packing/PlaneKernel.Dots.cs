using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <content>The integer dots of tiles.</content>
internal abstract unsafe partial class PlaneKernel<T, TCodes, TScales>
{
    /// <summary>The integer dots of unpacked parts with four rows: 16 lanes a row for each run of quads.</summary>
    /// <param name="codes">The parts' codes.</param>
    /// <param name="parts">How many.</param>
    /// <param name="x">The rows.</param>
    /// <param name="dots">Receives the dots.</param>
    /// <remarks>What limits it is the number of instructions: one index walks all rows, and a round does what that pays for.</remarks>
    [MethodImpl(Compile.AtOnce)]
    protected static void Dots(byte* codes, int parts, in TileRows x, int* dots)
    {
        if (Shorts) ShortDots(codes, parts, x, dots);
        else ByteDots(codes, parts, x, dots);
    }

    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void ByteDots(byte* codes, int parts, in TileRows x, int* dots)
    {
        byte* i = (byte*)x.First.Codes, j = i + x.Second, k = i + x.Third, l = i + x.Fourth;
        nint sums = x.First.Sums - x.First.Codes; // they lie at that distance in every row
        nint at = 0, next = 4 * Chain, end = 32 * (nint)parts;
        for (; at < end; next += 4 * Chain, dots += 64)
        {
            nint sum = sums + at / 4; // a sum, of 4 bytes, for each 16 codes
            T a = Start(i + sum), b = Start(j + sum), c = Start(k + sum), d = Start(l + sum);
            do
            {
                T weights = T.Load(codes);
                a = Dot(a, weights, i + at, 0);
                b = Dot(b, weights, j + at, 0);
                c = Dot(c, weights, k + at, 0);
                d = Dot(d, weights, l + at, 0);
                weights = T.Load(codes + 64);
                a = Dot(a, weights, i + at, 1);
                b = Dot(b, weights, j + at, 1);
                c = Dot(c, weights, k + at, 1);
                d = Dot(d, weights, l + at, 1);
                codes += 128;
                at += 8;
            }
            while (at < next);
            T.Store(Whole(a), dots);
            T.Store(Whole(b), dots + 16);
            T.Store(Whole(c), dots + 32);
            T.Store(Whole(d), dots + 48);
        }
    }

    /// <summary>Adds the products of a quad with four codes of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static T Dot(T sum, T weights, byte* x, int quad) => TCodes.Signed
        ? T.DotSigned(sum, weights, T.BroadcastInt(((int*)x)[quad]))
        : T.ShortDot(sum, weights, T.BroadcastInt(((int*)x)[quad]));

    /// <summary>The integer lanes of a chain of dots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static T Whole(T sum) => TCodes.Signed ? sum : T.Widen(sum);

    /// <summary>Begins a chain: what the codes' offset will add to it is taken away, where the sum of its values is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static T Start(byte* sums)
    {
        if (Offset == 0 || Chain == 2) return T.Zero;
        return T.ShortStart(-Offset * (Chain == 4 ? *(int*)sums : ((int*)sums)[0] + ((int*)sums)[1]));
    }

    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void ShortDots(byte* codes, int parts, in TileRows x, int* dots)
    {
        byte* i = x.Shorts, j = i + x.Second, k = i + x.Third, l = i + x.Fourth;
        // Two parts share a register of codes, hence two of 16-bit integers, even and odd: odd ones lie 64 bytes further.
        nint at = 0, next = 4 * Chain, end = 64 * (nint)parts;
        while (at < end)
        {
            T a = T.Zero, b = a, c = a, d = a;
            do
            {
                T weights = T.Load(codes);
                a = T.DotShorts(a, weights, T.BroadcastInt(*(int*)(i + at)));
                b = T.DotShorts(b, weights, T.BroadcastInt(*(int*)(j + at)));
                c = T.DotShorts(c, weights, T.BroadcastInt(*(int*)(k + at)));
                d = T.DotShorts(d, weights, T.BroadcastInt(*(int*)(l + at)));
                weights = T.Load(codes + 64);
                a = T.DotShorts(a, weights, T.BroadcastInt(*(int*)(i + at + 64)));
                b = T.DotShorts(b, weights, T.BroadcastInt(*(int*)(j + at + 64)));
                c = T.DotShorts(c, weights, T.BroadcastInt(*(int*)(k + at + 64)));
                d = T.DotShorts(d, weights, T.BroadcastInt(*(int*)(l + at + 64)));
                codes += 128;
                at += 4;
            }
            while (at < next);
            T.Store(a, dots);
            T.Store(b, dots + 16);
            T.Store(c, dots + 32);
            T.Store(d, dots + 48);
            dots += 64;
            if ((at & 63) == 0) at += 64;
            next = at + 4 * Chain;
        }
    }
}
