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
/// <remarks>No member has a default: what calls one is not compiled ahead of time, and most of a kernel would be.</remarks>
internal unsafe interface IScalePlane<TSelf> where TSelf : struct, IScalePlane<TSelf>
{
    /// <summary>Bytes that the scales of a block of 16 rows take.</summary>
    static abstract int Bytes { get; }

    /// <summary>Which sub-scales there are.</summary>
    static abstract SubScale Sub { get; }

    /// <summary>Whether the format has minimums.</summary>
    static abstract bool HasMin { get; }

    /// <summary>The block's scales, a float a row.</summary>
    static abstract T Scale<T>(byte* scales) where T : struct, ILanes<T>;

    /// <summary>The block's scales of minimums; 0 where there are none.</summary>
    static abstract T MinScale<T>(byte* scales) where T : struct, ILanes<T>;

    /// <summary>Sub-scales as floats; <paramref name="half"/> is 0 where a part has one. 1 where there are none.</summary>
    static abstract T SubScales<T>(byte* scales, int part, int half) where T : struct, ILanes<T>;

    /// <summary>Integer minimums as floats; 1 where there are none.</summary>
    static abstract T SubMins<T>(byte* scales, int part, int half) where T : struct, ILanes<T>;

    /// <summary>Puts a row's part into a zeroed plane.</summary>
    static abstract void Store(byte* scales, int row, int part, in BlockPart values);
}
