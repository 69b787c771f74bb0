using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>How many weights share an integer sub-scale.</summary>
internal enum SubScale
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The 32 of a part.</summary>
    Part,

    /// <summary>16: each half of a part has its own.</summary>
    Half,
}

/// <summary>How the scales of one (super)block of 16 rows lie in packed memory.</summary>
/// <typeparam name="TSelf">The plane itself.</typeparam>
internal unsafe interface IScalePlane<TSelf> where TSelf : struct, IScalePlane<TSelf>
{
    /// <summary>Bytes that the scales of a block of 16 rows take.</summary>
    static abstract int Bytes { get; }

    /// <summary>Which sub-scales there are.</summary>
    static virtual SubScale Sub => SubScale.None;

    /// <summary>Whether the format has minimums.</summary>
    static virtual bool HasMin => false;

    /// <summary>The block's scales, a float a row: halves that come first, unless the plane says otherwise.</summary>
    static virtual T Scale<T>(byte* scales) where T : struct, ILanes<T> => T.LoadHalf((ushort*)scales);

    /// <summary>The block's scales of minimums.</summary>
    static virtual T MinScale<T>(byte* scales) where T : struct, ILanes<T> => T.Zero;

    /// <summary>Sub-scales as floats; <paramref name="half"/> is 0 where a part has one.</summary>
    static virtual T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    /// <summary>Integer minimums as floats.</summary>
    static virtual T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T> => T.Broadcast(1f);

    /// <summary>Puts a row's part into a zeroed plane.</summary>
    static abstract void Store(byte* scales, int row, int part, in BlockPart values);
}
