using System.Runtime.Intrinsics;
using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>How a packed format lies in memory, as data that code is made from: what <see cref="MatrixKernels"/> says in types.</summary>
/// <param name="BlockParts">Parts of 32 weights in a block.</param>
/// <param name="Codes">The codes.</param>
/// <param name="Scales">The scales.</param>
internal sealed record PackedLayout(int BlockParts, CodeLayout Codes, ScaleLayout Scales)
{
    private static readonly CodeLayout Byte = new(8, 0), Nibble = new(4, 0), Five = new(4, 1), Six = new(4, 2), Three = new(2, 1);
    private static readonly CodeLayout Crumb = new(2, 0), IQ4 = new(4, 0, CodeTable.IQ4), MXFloat4 = new(4, 0, CodeTable.MXFP4);

    /// <summary>What unsigned codes are too large by.</summary>
    public int Offset => Codes.Signed || Scales.HasMin ? 0 : 1 << (Codes.LowBits + Codes.UpperBits - 1);

    /// <summary>Bytes that the scales of a group of that many blocks take.</summary>
    public long ScaleBytes(int blocks) => ((long)blocks * Scales.Bytes + 63) & ~63L;

    /// <summary>The layout of a quantised format; null where there is none.</summary>
    public static PackedLayout? Of(string format) => format switch
    {
        "q4_0" => new(1, Nibble, ScaleLayout.Half),
        "q4_1" => new(1, Nibble, ScaleLayout.HalfMin),
        "q5_0" => new(1, Five, ScaleLayout.Half),
        "q5_1" => new(1, Five, ScaleLayout.HalfMin),
        "q8_0" => new(1, Byte, ScaleLayout.Half),
        "q2_k" => new(8, Crumb, ScaleLayout.HalvesMins),
        "q3_k" => new(8, Three, ScaleLayout.Halves),
        "q4_k" => new(8, Nibble, ScaleLayout.PartsMins),
        "q5_k" => new(8, Five, ScaleLayout.PartsMins),
        "q6_k" => new(8, Six, ScaleLayout.Halves),
        "iq4_nl" => new(1, IQ4, ScaleLayout.Half),
        "iq4_xs" => new(8, IQ4, ScaleLayout.Parts),
        "mxfp4" => new(1, MXFloat4, ScaleLayout.BFloat),
        _ => null,
    };
}

/// <summary>The codes of a part: a plane of low bits, then one of upper bits.</summary>
/// <param name="LowBits">Bits of a code in the first plane: 2, 4 or 8.</param>
/// <param name="UpperBits">Bits in the second plane, 0 to 2.</param>
/// <param name="Table">Sixteen signed values that the codes are indices of.</param>
internal sealed record CodeLayout(int LowBits, int UpperBits, Vector128<byte>? Table = null)
{
    /// <summary>Bytes a part takes.</summary>
    public int PartBytes => 64 * (LowBits + UpperBits);

    /// <summary>Whether what the codes stand for is a signed byte.</summary>
    public bool Signed => LowBits == 8 || Table is not null;
}

/// <summary>What the sub-scales of a part are.</summary>
internal enum SubKind
{
    /// <summary>Signed bytes.</summary>
    Signed,

    /// <summary>Unsigned bytes, and so are the minimums.</summary>
    Unsigned,

    /// <summary>The low nibbles of bytes; minimums are the high ones.</summary>
    Nibbles,
}

/// <summary>The scales of a block.</summary>
/// <param name="Bytes">Bytes they take for 16 rows.</param>
/// <param name="Sub">Which sub-scales there are.</param>
/// <param name="HasMin">Whether there are minimums: their scales follow the scales as halves.</param>
/// <param name="Kind">What sub-scales are.</param>
/// <param name="IsBFloat">Whether the scales are bfloat16; else halves.</param>
internal sealed record ScaleLayout(int Bytes, SubScale Sub = SubScale.None, bool HasMin = false, SubKind Kind = SubKind.Signed, bool IsBFloat = false)
{
    public static readonly ScaleLayout Half = new(32), HalfMin = new(64, HasMin: true), BFloat = new(32, IsBFloat: true);
    public static readonly ScaleLayout Parts = new(160, SubScale.Part), PartsMins = new(320, SubScale.Part, true, SubKind.Unsigned);
    public static readonly ScaleLayout Halves = new(288, SubScale.Half), HalvesMins = new(320, SubScale.Half, true, SubKind.Nibbles);

    /// <summary>Bytes from a part's sub-scales to its minimums, where those have bytes of their own.</summary>
    public const int ToSubMins = 128;

    /// <summary>Where the first part's sub-scales lie.</summary>
    public int SubsAt => HasMin ? 64 : 32;

    /// <summary>Bytes from a part's sub-scales to the next part's.</summary>
    public int SubStep => Sub switch { SubScale.Half => 32, SubScale.Part => 16, _ => 0 };
}
