using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>The values behind 4-bit indices of the non-linear formats.</summary>
internal static class CodeTable
{
    /// <summary>Levels of IQ4_NL and IQ4_XS, denser near zero as weights are.</summary>
    public static Vector128<byte> IQ4 =>
        Vector128.Create((sbyte)-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113).AsByte();

    /// <summary>The doubled values of E2M1: 0, 0.5, 1, 1.5, 2, 3, 4, 6 and their negatives.</summary>
    public static Vector128<byte> MXFP4 =>
        Vector128.Create((sbyte)0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12).AsByte();
}
