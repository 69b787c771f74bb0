using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>
/// How the codes of one part (32 weights of each of 16 rows) lie in packed memory, so that register lanes are rows and a lane
/// holds four consecutive weights of its row: eight such registers ("quads") make a part.
/// </summary>
/// <typeparam name="TSelf">The plane itself.</typeparam>
internal unsafe interface ICodePlane<TSelf> where TSelf : struct, ICodePlane<TSelf>
{
    /// <summary>Bytes a part takes; a multiple of 64.</summary>
    static abstract int PartBytes { get; }

    /// <summary>Bits a code has.</summary>
    static abstract int Bits { get; }

    /// <summary>Whether codes are signed bytes; else they are 0 to 2^<see cref="Bits"/> - 1.</summary>
    static abstract bool Signed { get; }

    /// <summary>The codes of a quad, one byte each.</summary>
    static abstract T Load<T>(byte* plane, int quad) where T : struct, ILanes<T>;

    /// <summary>Packs a part.</summary>
    /// <param name="plane">Receives <see cref="PartBytes"/>.</param>
    /// <param name="codes">Its codes as bytes: eight registers, one a quad, whose lanes are rows.</param>
    static abstract void Store<T>(byte* plane, byte* codes) where T : struct, ILanes<T>;
}
