using System.Runtime.CompilerServices;
using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>How the keys (or values) of one head lie in a block, as <see cref="KvLayer"/> says.</summary>
/// <typeparam name="TSelf">The format itself.</typeparam>
internal unsafe interface IKvFormat<TSelf> where TSelf : struct, IKvFormat<TSelf>
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Bytes { get; }

    /// <summary>The block's keys as floats, [value][token]: where they lie, or <paramref name="scratch"/>, which receives them.</summary>
    static abstract float* Keys<T>(byte* block, int headSize, float* scratch) where T : struct, ILanes<T>;

    /// <summary>The block's first values as floats, [token][value]: where they lie, or <paramref name="scratch"/>.</summary>
    static abstract float* Values<T>(byte* block, int headSize, int tokens, float* scratch) where T : struct, ILanes<T>;

    /// <summary>Puts a token's key into a block.</summary>
    static abstract void StoreKey<T>(float* key, byte* block, int headSize, int token) where T : struct, ILanes<T>;

    /// <summary>Puts a token's value into a block.</summary>
    static abstract void StoreValue<T>(float* value, byte* block, int headSize, int token) where T : struct, ILanes<T>;
}

/// <summary>Keys and values in a float format.</summary>
internal readonly unsafe struct FloatKv<TPlane> : IKvFormat<FloatKv<TPlane>> where TPlane : struct, IFloatPlane<TPlane>
{
    private const int Tokens = KvLayer.BlockTokens;

    public static int Bytes => TPlane.Bytes;

    public static float* Keys<T>(byte* block, int headSize, float* scratch) where T : struct, ILanes<T> =>
        Floats<T>(block, Tokens * headSize, scratch);

    public static float* Values<T>(byte* block, int headSize, int tokens, float* scratch) where T : struct, ILanes<T> =>
        Floats<T>(block, tokens * Rows.Pad(headSize), scratch);

    [MethodImpl(Compile.AtOnce)]
    private static float* Floats<T>(byte* block, int count, float* scratch) where T : struct, ILanes<T>
    {
        if (TPlane.Bytes == sizeof(float)) return (float*)block;
        for (int k = 0; k < count; k += 16) T.Store(TPlane.Load<T>(block + k * TPlane.Bytes), scratch + k);
        return scratch;
    }

    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public static void StoreKey<T>(float* key, byte* block, int headSize, int token) where T : struct, ILanes<T>
    {
        if (TPlane.Bytes == sizeof(float))
        {
            float* column = (float*)block + token;
            for (int d = 0; d < headSize; d++) column[d * Tokens] = key[d];
            return;
        }

        ushort* numbers = stackalloc ushort[16];
        ushort* to = (ushort*)block + token;
        for (int d = 0; d < headSize; d += 16, to += 16 * Tokens)
        {
            Narrow<T>(key + d, headSize - d, numbers);
            for (int k = 0; k < Math.Min(16, headSize - d); k++) to[k * Tokens] = numbers[k];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public static void StoreValue<T>(float* value, byte* block, int headSize, int token) where T : struct, ILanes<T>
    {
        byte* row = block + (long)token * Rows.Pad(headSize) * TPlane.Bytes;
        if (TPlane.Bytes == sizeof(float))
        {
            new Span<float>(value, headSize).CopyTo(new Span<float>(row, headSize));
            return;
        }

        ushort* numbers = stackalloc ushort[16];
        for (int d = 0; d < headSize; d += 16)
        {
            int count = Math.Min(16, headSize - d);
            Narrow<T>(value + d, count, numbers);
            new Span<ushort>(numbers, count).CopyTo(new Span<ushort>((ushort*)row + d, count));
        }
    }

    // A head may end before a register does, and another head begins there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrow<T>(float* source, int count, ushort* numbers) where T : struct, ILanes<T>
    {
        if (count >= 16)
        {
            TPlane.Store(T.Load(source), numbers);
            return;
        }

        float* padded = stackalloc float[16];
        for (int k = 0; k < 16; k++) padded[k] = k < count ? source[k] : 0;
        TPlane.Store(T.Load(padded), numbers);
    }
}

/// <summary>Signed bytes with a scale for each 32 values of a head.</summary>
internal readonly unsafe struct QuantizedKv : IKvFormat<QuantizedKv>
{
    private const int Tokens = KvLayer.BlockTokens;

    public static int Bytes => 1;

    private static ushort* Scales(byte* block, int headSize) => (ushort*)(block + Tokens * Rows.Pad(headSize));

    [MethodImpl(Compile.AtOnce)]
    public static float* Keys<T>(byte* block, int headSize, float* scratch) where T : struct, ILanes<T>
    {
        ushort* scales = Scales(block, headSize);
        float* target = scratch;
        for (int first = 0; first < headSize; first += 32, scales += Tokens, target += 32 * Tokens, block += 32 * Tokens)
        {
            int count = Math.Min(32, headSize - first) * Tokens;
            Scale(block, count, T.LoadHalf(scales), target);
            Scale(block + 16, count, T.LoadHalf(scales + 16), target + 16);
        }

        return scratch;
    }

    // Every other 16 codes, as keys have the same tokens' scale again.
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void Scale<T>(byte* codes, int count, T scale, float* target) where T : struct, ILanes<T>
    {
        for (int k = 0; k < count; k += 32) T.Store(T.Multiply(T.ToFloat(T.LoadSByte((sbyte*)codes + k)), scale), target + k);
    }

    [MethodImpl(Compile.AtOnce)]
    public static float* Values<T>(byte* block, int headSize, int tokens, float* scratch) where T : struct, ILanes<T>
    {
        int padded = Rows.Pad(headSize), groups = KvLayer.ScaleGroups(headSize);
        ushort* scales = Scales(block, headSize);
        float* target = scratch;
        for (int token = 0; token < tokens; token++, scales += groups)
        {
            for (int first = 0; first < padded; first += 32)
            {
                int count = Math.Min(32, padded - first);
                T scale = T.Broadcast(HalfBits.ToSingle(scales[first / 32]));
                T.Store(T.Multiply(T.ToFloat(T.LoadSByte((sbyte*)block)), scale), target);
                if (count == 32) T.Store(T.Multiply(T.ToFloat(T.LoadSByte((sbyte*)block + 16)), scale), target + 16);
                block += count;
                target += count;
            }
        }

        return scratch;
    }

    public static void StoreKey<T>(float* key, byte* block, int headSize, int token) where T : struct, ILanes<T>
    {
        ushort* scales = Scales(block, headSize) + token;
        for (int first = 0; first < headSize; first += 32, scales += Tokens)
            *scales = Quantize(key + first, Math.Min(32, headSize - first), (sbyte*)block + first * Tokens + token, Tokens);
    }

    public static void StoreValue<T>(float* value, byte* block, int headSize, int token) where T : struct, ILanes<T>
    {
        ushort* scales = Scales(block, headSize) + token * KvLayer.ScaleGroups(headSize);
        for (int first = 0; first < headSize; first += 32, scales++)
            *scales = Quantize(value + first, Math.Min(32, headSize - first), (sbyte*)block + token * Rows.Pad(headSize) + first, 1);
    }

    /// <summary>Quantises up to 32 floats: scale = max |x| / 127 as a half, code = x / scale; returns the scale's bits.</summary>
    public static ushort Quantize(float* source, int count, sbyte* codes, int stride)
    {
        float largest = 0;
        for (int k = 0; k < count; k++) largest = MathF.Max(largest, MathF.Abs(source[k])); // NaN where one is
        Half scale = (Half)MathF.Min(largest / 127, 65504);
        float inverse = scale > Half.Zero ? 1 / (float)scale : 0;
        for (int k = 0; k < count; k++) codes[k * stride] = (sbyte)Math.Clamp(MathF.Round(source[k] * inverse), -127f, 127f);
        if (Half.IsNaN(scale)) for (int k = 0; k < count; k++) codes[k * stride] = 1; // the scale carries it on
        return BitConverter.HalfToUInt16Bits(scale);
    }
}
