using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>Signed bytes.</summary>
internal readonly unsafe struct BytePlane : ICodePlane<BytePlane>
{
    public static int PartBytes => 512;

    public static int Bits => 8;

    public static bool Signed => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T> => T.Load(plane + 64 * quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        for (int i = 0; i < PartBytes; i += 64) T.Store(T.Load(codes + i), plane + i);
    }
}

/// <summary>Four bits: quads 0-3 in the low nibbles of four registers, quads 4-7 in the high ones.</summary>
internal readonly unsafe struct NibblePlane : ICodePlane<NibblePlane>
{
    public static int PartBytes => 256;

    public static int Bits => 4;

    public static bool Signed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T>
    {
        T pair = T.Load(plane + 64 * (quad & 3));
        return T.And(quad < 4 ? pair : T.ShiftRight16(pair, 4), T.BroadcastInt(0x0f0f0f0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        for (int i = 0; i < PartBytes; i += 64) T.Store(Bitfield.Join<T>(codes + i, 2, PartBytes, 0, 4), plane + i);
    }
}

/// <summary>Two bits: four quads share a register.</summary>
internal readonly unsafe struct CrumbPlane : ICodePlane<CrumbPlane>
{
    public static int PartBytes => 128;

    public static int Bits => 2;

    public static bool Signed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T> =>
        Bitfield.Move(T.Load(plane + 64 * (quad >> 2)), 2 * (quad & 3), 0, 0x03030303);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T> => Store<T>(plane, codes, 0);

    /// <summary>Stores the two bits that begin at one of each code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes, int from) where T : struct, ILanes<T>
    {
        T.Store(Bitfield.Join<T>(codes, 4, 64, from, 2), plane);
        T.Store(Bitfield.Join<T>(codes + 256, 4, 64, from, 2), plane + 64);
    }
}

/// <summary>Five bits: a nibble plane and a register of fifth bits.</summary>
internal readonly unsafe struct FivePlane : ICodePlane<FivePlane>
{
    public static int PartBytes => NibblePlane.PartBytes + 64;

    public static int Bits => 5;

    public static bool Signed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T> =>
        T.Or(NibblePlane.Load<T>(plane, quad), Bitfield.Move(T.Load(plane + NibblePlane.PartBytes), quad, 4, 0x10101010));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        NibblePlane.Store<T>(plane, codes);
        T.Store(Bitfield.Join<T>(codes, 8, 64, 4, 1), plane + NibblePlane.PartBytes);
    }
}

/// <summary>Six bits: a nibble plane and a plane of two upper bits.</summary>
internal readonly unsafe struct SixPlane : ICodePlane<SixPlane>
{
    public static int PartBytes => NibblePlane.PartBytes + CrumbPlane.PartBytes;

    public static int Bits => 6;

    public static bool Signed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T>
    {
        T upper = T.Load(plane + NibblePlane.PartBytes + 64 * (quad >> 2));
        return T.Or(NibblePlane.Load<T>(plane, quad), Bitfield.Move(upper, 2 * (quad & 3), 4, 0x30303030));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        NibblePlane.Store<T>(plane, codes);
        CrumbPlane.Store<T>(plane + NibblePlane.PartBytes, codes, 4);
    }
}

/// <summary>Three bits: a plane of two bits and a register of third bits.</summary>
internal readonly unsafe struct ThreePlane : ICodePlane<ThreePlane>
{
    public static int PartBytes => CrumbPlane.PartBytes + 64;

    public static int Bits => 3;

    public static bool Signed => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T> =>
        T.Or(CrumbPlane.Load<T>(plane, quad), Bitfield.Move(T.Load(plane + CrumbPlane.PartBytes), quad, 2, 0x04040404));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        CrumbPlane.Store<T>(plane, codes);
        T.Store(Bitfield.Join<T>(codes, 8, 64, 2, 1), plane + CrumbPlane.PartBytes);
    }
}

/// <summary>A table of 16 signed values.</summary>
internal interface ICodeTable
{
    /// <summary>The values.</summary>
    static abstract Vector128<byte> Values { get; }
}

/// <summary>The levels of IQ4_NL and IQ4_XS.</summary>
internal readonly struct IQ4Table : ICodeTable
{
    public static Vector128<byte> Values => CodeTable.IQ4;
}

/// <summary>Twice the values of E2M1.</summary>
internal readonly struct MXFP4Table : ICodeTable
{
    public static Vector128<byte> Values => CodeTable.MXFP4;
}

/// <summary>A nibble plane whose codes are looked up in a table.</summary>
internal readonly unsafe struct TablePlane<TTable> : ICodePlane<TablePlane<TTable>> where TTable : struct, ICodeTable
{
    public static int PartBytes => NibblePlane.PartBytes;

    public static int Bits => 8;

    public static bool Signed => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* plane, int quad) where T : struct, ILanes<T>
    {
        Vector512<byte> table = Vector512.Create(Vector256.Create(TTable.Values, TTable.Values), Vector256.Create(TTable.Values, TTable.Values));
        return T.Lookup(T.Load(&table), NibblePlane.Load<T>(plane, quad));
    }

    [SkipLocalsInit]
    public static void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>
    {
        byte* indices = stackalloc byte[BytePlane.PartBytes];
        for (int i = 0; i < BytePlane.PartBytes; i++) indices[i] = Index(codes[i]);
        NibblePlane.Store<T>(plane, indices);
    }

    // The first index with that value: -0 of E2M1 becomes 0, which is the same weight.
    private static byte Index(byte value) =>
        (byte)System.Numerics.BitOperations.TrailingZeroCount(
            Vector128.Equals(TTable.Values, Vector128.Create(value)).ExtractMostSignificantBits());
}

/// <summary>Moves within packed registers.</summary>
internal static unsafe class Bitfield
{
    /// <summary>Takes the same bits of every byte of some registers, and puts those of one above those of the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Join<T>(byte* codes, int registers, int distance, int from, int bits) where T : struct, ILanes<T>
    {
        T joined = T.Zero;
        int mask = ((1 << bits) - 1) * 0x01010101;
        for (int i = 0; i < registers; i++, codes += distance)
            joined = T.Or(joined, Move(T.Load(codes), from, i * bits, mask << (i * bits)));
        return joined;
    }

    /// <summary>Moves the bits of every byte from one place to another and keeps those in the mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Move<T>(T value, int from, int to, int mask) where T : struct, ILanes<T>
    {
        T moved = from == to ? value : from < to ? T.ShiftLeftInt(value, to - from) : T.ShiftRight16(value, from - to);
        return T.And(moved, T.BroadcastInt(mask));
    }
}
