using Takt.Formats;

namespace Takt.Models.HuggingFace;

/// <summary>Packs MXFP4 weights as checkpoints store them, codes and scales apart, into GGUF's blocks. No value changes.</summary>
internal static unsafe class Mxfp4
{
    private const int BlockLength = 32;
    private const int CodeBytes = BlockLength / 2;

    /// <summary>Packs one tensor.</summary>
    /// <param name="arena">Owner of the result.</param>
    /// <param name="blocks">Codes, shape [16, K/32, rows, experts]: byte i has value 2i in its low half and 2i + 1 in its high half.</param>
    /// <param name="scales">E8M0 exponents, shape [K/32, rows, experts].</param>
    /// <param name="name">Name of the result, whose shape is [K, rows / step, experts].</param>
    /// <param name="start">The first row taken.</param>
    /// <param name="step">Distance from one row taken to the next.</param>
    public static Tensor Pack(TensorArena arena, Tensor blocks, Tensor scales, string name, int start = 0, int step = 1)
    {
        if (blocks is not { Type: TensorType.I8, Shape: [CodeBytes, _, _, _] } || scales.Type != TensorType.I8
            || !blocks.Shape.Skip(1).SequenceEqual(scales.Shape) || blocks.Shape[2] % step != 0)
        {
            throw new InvalidDataException(
                $"tensors '{blocks.Name}' {blocks.Type} [{string.Join(", ", blocks.Shape)}] and '{scales.Name}' {scales.Type} "
                + $"[{string.Join(", ", scales.Shape)}] do not fit; "
                + $"expected bytes of [{CodeBytes}, blocks, rows, experts] and [blocks, rows, experts].");
        }

        long perRow = blocks.Shape[1], rows = blocks.Shape[2], experts = blocks.Shape[3];
        return arena.Derive(name, TensorType.MXFP4, [perRow * BlockLength, rows / step, experts], [blocks, scales], (from, to) =>
        {
            byte* codes = (byte*)from[0], exponents = (byte*)from[1], next = (byte*)to;
            for (long row = start; row < rows * experts; row += step)
            {
                for (long block = row * perRow; block < (row + 1) * perRow; block++) next = PackBlock(codes + block * CodeBytes, exponents[block], next);
            }
        });
    }

    // GGUF's byte i has value i in its low half and value i + 16 in its high half.
    private static byte* PackBlock(byte* codes, byte exponent, byte* to)
    {
        *to++ = exponent;
        for (int i = 0; i < CodeBytes; i++) *to++ = (byte)(Code(codes, i) | Code(codes, i + CodeBytes) << 4);
        return to;
    }

    private static int Code(byte* block, int index) => block[index / 2] >> (index % 2 * 4) & 0xF;
}
