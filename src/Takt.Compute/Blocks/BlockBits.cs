using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Takt.Compute.Blocks;

/// <summary>The bit-level moves the block formats are made of. Sixteen codes travel in one 128-bit vector.</summary>
internal static unsafe class BlockBits
{
    /// <summary>The low nibbles of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowNibbles(byte* source) => Vector128.Load(source) & Vector128.Create((byte)15);

    /// <summary>The high nibbles of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> HighNibbles(byte* source) => Fields(source, 4, 15);

    /// <summary>The bits <c>mask &lt;&lt; shift</c> of 16 bytes, moved down; the mask must fit <c>255 >> shift</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Fields(byte* source, int shift, byte mask) =>
        (Vector128.Load((ushort*)source) >>> shift).AsByte() & Vector128.Create(mask);

    /// <summary>Sixteen bits as sixteen bytes, bit k becoming <paramref name="value"/> or 0 in byte k.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Spread(uint bits, byte value)
    {
        const ulong ones = 0x0101010101010101;
        var copies = Vector128.Create((bits & 0xFF) * ones, (bits >> 8 & 0xFF) * ones).AsByte();
        var each = Vector128.Create(0x8040201008040201UL).AsByte();
        return Vector128.Equals(copies & each, each) & Vector128.Create(value);
    }

    /// <summary>Bit <paramref name="bit"/> of each of sixteen bytes: the opposite of <see cref="Spread"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Gather(Vector128<byte> bytes, int bit) => (bytes << 7 - bit).ExtractMostSignificantBits();

    /// <summary>Sixteen signed codes, made unsigned by <paramref name="bias"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LoadCodes(sbyte* codes, byte bias) => Vector128.Load((byte*)codes) + Vector128.Create(bias);

    /// <summary>Stores the low four bits of <paramref name="low"/> below those of <paramref name="high"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreNibbles(byte* target, Vector128<byte> low, Vector128<byte> high) =>
        (low & Vector128.Create((byte)15) | high << 4).Store(target);

    /// <summary>The low two bits of codes k, k + 32, k + 64 and k + 96, lowest first, for k = 0 .. 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InterleavePairs(sbyte* codes, byte bias)
    {
        var pairs = Vector128<byte>.Zero;
        for (int part = 0; part < 4; part++)
            pairs |= (LoadCodes(codes + 32 * part, bias) & Vector128.Create((byte)3)) << 2 * part;
        return pairs;
    }

    /// <summary>Stores the 32 codes of a part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreCodes(ref BlockPart part, Vector128<byte> first, Vector128<byte> second)
    {
        ref sbyte codes = ref part.Codes[0];
        first.AsSByte().StoreUnsafe(ref codes);
        second.AsSByte().StoreUnsafe(ref codes, 16);
    }

    /// <summary>Sets the scale of a part without a minimum and with one sub-scale for all 32 weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetScale(ref BlockPart part, float scale, int sub0 = 1, int sub1 = 1)
    {
        part.Scale = scale;
        part.Sub0 = sub0;
        part.Sub1 = sub1;
        part.MinScale = 0;
        part.SubMin0 = 0;
        part.SubMin1 = 0;
    }

    /// <summary>Sets the minimum of a part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetMin(ref BlockPart part, float minScale, int sub0 = 1, int sub1 = 1)
    {
        part.MinScale = minScale;
        part.SubMin0 = sub0;
        part.SubMin1 = sub1;
    }
}
