using System.Runtime.CompilerServices;
using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>A half a row.</summary>
internal readonly unsafe struct HalfScale : IScalePlane<HalfScale>
{
    public static int Bytes => 32;

    public static SubScale Sub => SubScale.None;

    public static bool HasMin => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
    }
}

/// <summary>A bfloat16 a row: holds every power of two of E8M0.</summary>
internal readonly unsafe struct BFloatScale : IScalePlane<BFloatScale>
{
    public static int Bytes => 32;

    public static SubScale Sub => SubScale.None;

    public static bool HasMin => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> =>
        LaneMath.LoadBFloat16<T>((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = (ushort)(BitConverter.SingleToUInt32Bits(values.Scale) >> 16);
    }
}

/// <summary>Two halves a row: scale and minimum.</summary>
internal readonly unsafe struct HalfScaleMin : IScalePlane<HalfScaleMin>
{
    public static int Bytes => 64;

    public static SubScale Sub => SubScale.None;

    public static bool HasMin => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> =>
        T.LoadHalf((ushort*)scales + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
        ((ushort*)scales)[16 + row] = HalfBits.FromSingle(values.MinScale);
    }
}

/// <summary>A half a row and a signed byte a part.</summary>
internal readonly unsafe struct PartScales : IScalePlane<PartScales>
{
    public static int Bytes => 160;

    public static SubScale Sub => SubScale.Part;

    public static bool HasMin => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.LoadSByte((sbyte*)scales + 32 + 16 * part));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
        ((sbyte*)scales)[32 + 16 * part + row] = (sbyte)values.Sub0;
    }
}

/// <summary>Two halves a row and two bytes a part: sub-scale and minimum.</summary>
internal readonly unsafe struct PartScalesMins : IScalePlane<PartScalesMins>
{
    public static int Bytes => 320;

    public static SubScale Sub => SubScale.Part;

    public static bool HasMin => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> =>
        T.LoadHalf((ushort*)scales + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.LoadByte(scales + 64 + 16 * part));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.LoadByte(scales + 192 + 16 * part));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
        ((ushort*)scales)[16 + row] = HalfBits.FromSingle(values.MinScale);
        scales[64 + 16 * part + row] = (byte)values.Sub0;
        scales[192 + 16 * part + row] = (byte)values.SubMin0;
    }
}

/// <summary>A half a row and two signed bytes a part, one for each 16 weights.</summary>
internal readonly unsafe struct HalfPartScales : IScalePlane<HalfPartScales>
{
    public static int Bytes => 288;

    public static SubScale Sub => SubScale.Half;

    public static bool HasMin => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.LoadSByte((sbyte*)scales + 32 + 16 * (2 * part + half)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
        sbyte* sub = (sbyte*)scales + 32 + 32 * part + row;
        sub[0] = (sbyte)values.Sub0;
        sub[16] = (sbyte)values.Sub1;
    }
}

/// <summary>Two halves a row and, for each 16 weights, a byte with sub-scale (low nibble) and minimum (high nibble).</summary>
internal readonly unsafe struct HalfPartScalesMins : IScalePlane<HalfPartScalesMins>
{
    public static int Bytes => 320;

    public static SubScale Sub => SubScale.Half;

    public static bool HasMin => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T MinScale<T>(byte* scales) where T : struct, ILanes<T> =>
        T.LoadHalf((ushort*)scales + 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.And(T.LoadByte(scales + 64 + 16 * (2 * part + half)), T.BroadcastInt(15)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> =>
        T.ToFloat(T.ShiftRightInt(T.LoadByte(scales + 64 + 16 * (2 * part + half)), 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(byte* scales, int row, int part, in BlockPart values)
    {
        ((ushort*)scales)[row] = HalfBits.FromSingle(values.Scale);
        ((ushort*)scales)[16 + row] = HalfBits.FromSingle(values.MinScale);
        byte* sub = scales + 64 + 32 * part + row;
        sub[0] = (byte)(values.Sub0 | values.SubMin0 << 4);
        sub[16] = (byte)(values.Sub1 | values.SubMin1 << 4);
    }
}
