using System.Text;

namespace Takt.Formats.Tests.Llama2c;

/// <summary>Builds llama2.c models and tokenizers from their description.</summary>
internal static class Llama2cBytes
{
    /// <summary>A model whose float weights count up from 0; a negative vocabulary means an output matrix of its own.</summary>
    public static byte[] Model(int width = 4, int hidden = 6, int layers = 2, int heads = 2, int kvHeads = 1, int vocabulary = 5, int context = 3)
    {
        int kv = width / heads * kvHeads;
        int weights = layers * (2 * width * width + 2 * width * kv + 3 * width * hidden + 2 * width)
            + Math.Abs(vocabulary) * width * (vocabulary < 0 ? 2 : 1) + width + context * (width / heads);
        return [.. Header(width, hidden, layers, heads, kvHeads, vocabulary, context),
            .. Enumerable.Range(0, weights).SelectMany(static i => BitConverter.GetBytes((float)i))];
    }

    public static byte[] Header(params int[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    public static byte[] Tokenizer(params (string Piece, float Score)[] pieces)
    {
        IEnumerable<byte> bytes = BitConverter.GetBytes(pieces.Max(static p => Encoding.UTF8.GetByteCount(p.Piece)));
        foreach ((string piece, float score) in pieces)
        {
            byte[] text = Encoding.UTF8.GetBytes(piece);
            bytes = bytes.Concat(BitConverter.GetBytes(score)).Concat(BitConverter.GetBytes(text.Length)).Concat(text);
        }

        return [.. bytes];
    }
}
