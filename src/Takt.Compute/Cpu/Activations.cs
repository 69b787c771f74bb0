using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu;

/// <summary>A row of activations in int8 blocks of 32: value = Scales[k / 32] * Codes[k].</summary>
/// <param name="Codes">Signed bytes, -127..127; K of them, padded with zeros to whole blocks.</param>
/// <param name="Scales">One float a block.</param>
/// <param name="Sums">The sums of codes, one for each 16.</param>
internal readonly unsafe record struct ActivationRow(nint Codes, nint Scales, nint Sums)
{
    /// <summary>A row that lies so many bytes further.</summary>
    public ActivationRow Next(long bytes) => new(Codes + (nint)bytes, Scales + (nint)bytes, Sums + (nint)bytes);

    /// <summary>The row from a block of 32 on.</summary>
    public ActivationRow Part(int part) => new(Codes + 32 * part, Scales + sizeof(float) * part, Sums + 2 * sizeof(int) * part);
}

/// <summary>Activations in the form that products take: memory for many rows and the kernels that fill a row.</summary>
internal sealed unsafe class Activations : IDisposable
{
    private const int Block = 32;
    private NativeBuffer _buffer = new(0);
    private int _width;

    /// <summary>Makes room for that many rows of that many values.</summary>
    public void Reserve(int rows, int width)
    {
        _width = (width + 63) & ~63;
        if (_buffer.Length >= RowBytes * rows) return;
        _buffer.Dispose();
        _buffer = new NativeBuffer(RowBytes * rows);
    }

    /// <summary>Bytes from a row to the next.</summary>
    public long RowBytes => ShortsAt(_width) + 2 * _width;

    // The codes as 16-bit integers follow the sums.
    private static int ShortsAt(int width) => width + (width / Block * sizeof(float) + 63 & ~63) + (width / 16 * sizeof(int) + 63 & ~63);

    /// <summary>
    /// A row's codes as 16-bit integers, from an even block of 32 on: for each 64 codes the even ones, then the odd ones. They are
    /// there if <see cref="StoreShorts"/> wrote them.
    /// </summary>
    public static byte* Shorts(in ActivationRow row, int columns, int part) =>
        (byte*)row.Codes + ShortsAt((columns + 63) & ~63) + 64 * part;

    /// <summary>Where a row lies.</summary>
    public ActivationRow this[int row]
    {
        get
        {
            nint codes = (nint)(_buffer.Bytes + RowBytes * row);
            nint scales = codes + _width;
            return new(codes, scales, scales + (_width / Block * sizeof(float) + 63 & ~63));
        }
    }

    /// <summary>Writes a quantised row's codes as 16-bit integers too.</summary>
    [MethodImpl(Compile.AtOnce)]
    public static void StoreShorts<T>(in ActivationRow row, int columns) where T : struct, ILanes<T>
    {
        byte* codes = (byte*)row.Codes, shorts = Shorts(row, columns, 0);
        for (int k = 0; k < columns; k += 64)
        {
            T bytes = T.Load(codes + k);
            T.Store(T.EvenBytes(bytes), shorts + 2 * k);
            T.Store(T.OddBytes(bytes), shorts + 2 * k + 64);
        }
    }

    /// <summary>Writes floats (followed by zeros up to a multiple of 16) as bfloat16 where a row's codes would be.</summary>
    [MethodImpl(Compile.AtOnce)]
    public static void StoreBFloats<T>(float* source, int count, in ActivationRow row) where T : struct, ILanes<T>
    {
        for (int k = 0; k < count; k += 16) BFloat16Plane.Store(T.Load(source + k), (ushort*)row.Codes + k);
    }

    /// <summary>Quantises <paramref name="count"/> floats (followed by zeros up to a multiple of 16) into a row.</summary>
    /// <remarks>scale = max |x| / 127; code = x / scale, rounded to nearest even.</remarks>
    [MethodImpl(Compile.AtOnce)]
    public static void Quantize<T>(float* source, int count, in ActivationRow row) where T : struct, ILanes<T>
    {
        float* scales = (float*)row.Scales;
        int* sums = (int*)row.Sums;
        sbyte* codes = (sbyte*)row.Codes;
        T magnitude = T.BroadcastInt(int.MaxValue);
        for (int k = 0; k < count; k += Block)
        {
            T a = T.Load(source + k);
            T b = k + 16 < count ? T.Load(source + k + 16) : T.Zero;
            float largest = T.MaxOf(T.Max(T.And(a, magnitude), T.And(b, magnitude)));
            if (!float.IsFinite(largest)) (a, b) = (T.Zero, T.Zero); // the scale carries it on: every product becomes NaN
            // Below the bound the reciprocal overflows; what is that small counts as zero.
            T factor = T.Broadcast(largest > 1e-35f ? 127f / largest : 0f);
            *scales++ = !float.IsFinite(largest) ? float.NaN : largest > 1e-35f ? largest / 127f : 0f;
            *sums++ = StoreCodes(LaneMath.RoundToInt(T.Multiply(a, factor)), codes + k);
            *sums++ = StoreCodes(LaneMath.RoundToInt(T.Multiply(b, factor)), codes + k + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int StoreCodes<T>(T integers, sbyte* codes) where T : struct, ILanes<T>
    {
        T.StoreSByte(integers, codes);
        return (int)T.Sum(T.ToFloat(integers)); // at most 16 * 127: exact in any order
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
