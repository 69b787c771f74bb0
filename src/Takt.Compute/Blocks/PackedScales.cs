using System.Runtime.CompilerServices;

namespace Takt.Compute.Blocks;

/// <summary>
/// The 8 sub-scales and 8 sub-minimums of 6 bits that <see cref="Q4_K"/> and <see cref="Q5_K"/> keep in 12 bytes: bytes 0-3 and 4-7
/// hold scales and minimums 0-3 in their low 6 bits and the high 2 bits of numbers 4-7 above them; bytes 8-11 hold the low nibbles of
/// scale and minimum 4-7.
/// </summary>
internal static unsafe class PackedScales
{
    /// <summary>Packs 8 sub-scales and 8 sub-minimums of 0-63.</summary>
    public static void Store(byte* target, byte* scales, byte* mins)
    {
        for (int part = 0; part < 4; part++)
        {
            target[part] = (byte)(scales[part] | scales[part + 4] >> 4 << 6);
            target[part + 4] = (byte)(mins[part] | mins[part + 4] >> 4 << 6);
            target[part + 8] = (byte)(scales[part + 4] & 15 | mins[part + 4] << 4);
        }
    }

    /// <summary>Sub-scale of part 0-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Scale(byte* scales, int part) =>
        part < 4 ? scales[part] & 63 : scales[part + 4] & 15 | scales[part - 4] >> 6 << 4;

    /// <summary>Sub-minimum of part 0-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(byte* scales, int part) =>
        part < 4 ? scales[part + 4] & 63 : scales[part + 4] >> 4 | scales[part] >> 6 << 4;
}
