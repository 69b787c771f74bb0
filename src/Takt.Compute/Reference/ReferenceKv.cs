using Takt.Compute.Memory;

namespace Takt.Compute.Reference;

/// <summary>Single numbers of the KV cache, by the layout that <see cref="KvLayer"/> describes.</summary>
internal static unsafe class ReferenceKv
{
    private const int Tokens = KvLayer.BlockTokens;

    /// <summary>A number of a key.</summary>
    public static float Key(in KvLayer layer, in BatchSlice slice, int position, int head, int d) =>
        Read(layer, Block(layer, layer.Keys, slice, position, head), d * Tokens + position % Tokens, d / 32 * Tokens + position % Tokens);

    /// <summary>A number of a value.</summary>
    public static float Value(in KvLayer layer, in BatchSlice slice, int position, int head, int d)
    {
        int token = position % Tokens;
        return Read(
            layer, Block(layer, layer.Values, slice, position, head),
            token * layer.PaddedHeadSize + d, token * KvLayer.ScaleGroups(layer.HeadSize) + d / 32);
    }

    /// <summary>Stores a token's key and value of one head.</summary>
    public static void Store(in KvLayer layer, in BatchSlice slice, int position, int head, float* key, float* value)
    {
        byte* keys = Block(layer, layer.Keys, slice, position, head), values = Block(layer, layer.Values, slice, position, head);
        int token = position % Tokens, groups = KvLayer.ScaleGroups(layer.HeadSize);
        for (int d = 0; d < layer.HeadSize; d++)
        {
            int first = d / 32 * 32, count = Math.Min(32, layer.HeadSize - first);
            Write(layer, keys, d * Tokens + token, d / 32 * Tokens + token, key[d], Largest(key + first, count));
            Write(layer, values, token * layer.PaddedHeadSize + d, token * groups + d / 32, value[d], Largest(value + first, count));
        }
    }

    private static byte* Block(in KvLayer layer, nint data, in BatchSlice slice, int position, int head) =>
        (byte*)data + layer.Offset(slice.Blocks[position / Tokens], head);

    private static float Largest(float* values, int count)
    {
        float largest = 0;
        for (int k = 0; k < count; k++) largest = MathF.Max(largest, MathF.Abs(values[k]));
        return largest;
    }

    private static float Read(in KvLayer layer, byte* block, int index, int scale) => layer.Type switch
    {
        KvType.F32 => ((float*)block)[index],
        KvType.F16 => (float)((Half*)block)[index],
        KvType.BF16 => BitConverter.Int32BitsToSingle(((ushort*)block)[index] << 16),
        _ => (float)((Half*)(block + Tokens * layer.PaddedHeadSize))[scale] * ((sbyte*)block)[index],
    };

    private static void Write(in KvLayer layer, byte* block, int index, int scale, float value, float largest)
    {
        switch (layer.Type)
        {
            case KvType.F32: ((float*)block)[index] = value; break;
            case KvType.F16: ((Half*)block)[index] = (Half)Math.Clamp(value, -65504f, 65504f); break;
            case KvType.BF16: ((ushort*)block)[index] = BrainFloat(value); break;
            default:
                Half step = (Half)MathF.Min(largest / 127, 65504);
                ((Half*)(block + Tokens * layer.PaddedHeadSize))[scale] = step;
                ((sbyte*)block)[index] = step == Half.Zero ? (sbyte)0 : (sbyte)Math.Clamp(Math.Round(value / (double)step), -127, 127);
                break;
        }
    }

    // Rounded to nearest, ties to even.
    private static ushort BrainFloat(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7fc0 : (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}
