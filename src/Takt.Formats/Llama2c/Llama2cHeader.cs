namespace Takt.Formats.Llama2c;

/// <summary>The seven 32-bit numbers at the start of a llama2.c model, checked against the size of the file.</summary>
internal sealed record Llama2cHeader(int Width, int HiddenWidth, int Layers, int Heads, int KvHeads, int Vocabulary, int Context, bool SharedOutput)
{
    /// <summary>Bytes before the weights.</summary>
    public const int Bytes = 7 * sizeof(int);

    // "ak42": the later exports with a header of 256 bytes.
    private const int VersionedMagic = 0x616b3432;

    /// <summary>Values in one head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>Values of all key (or value) heads.</summary>
    public int KvWidth => HeadWidth * KvHeads;

    /// <exception cref="InvalidDataException">The numbers cannot describe a model, or not one of this size.</exception>
    public static Llama2cHeader Read(ref ByteReader reader, long fileLength)
    {
        Span<int> numbers = stackalloc int[7];
        foreach (ref int number in numbers) number = reader.Read<int>("the header");
        if (numbers[0] == VersionedMagic)
            reader.Fail($"is a llama2.c file of version {numbers[1]}; only the first layout is supported. Export it again with --version 0.");

        // A negative vocabulary size says that the output matrix is not the embedding.
        long vocabulary = Math.Abs((long)numbers[5]);
        var header = new Llama2cHeader(
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], (int)Math.Min(vocabulary, int.MaxValue), numbers[6], numbers[5] > 0);
        if (header.Width <= 0 || header.HiddenWidth <= 0 || header.Layers <= 0 || header.Heads <= 0 || header.KvHeads <= 0
            || header.Vocabulary == 0 || header.Context <= 0 || header.Width % header.Heads != 0 || header.Heads % header.KvHeads != 0
            || header.HeadWidth % 2 != 0)
        {
            reader.Fail($"starts with the numbers {string.Join(", ", numbers.ToArray())}; a llama2.c model was expected, with positive dim, hidden_dim, "
                + "n_layers, n_heads, n_kv_heads, vocab_size and seq_len that divide into heads. It is another kind of file, or damaged.");
        }

        Int128 expected = Bytes + sizeof(float) * header.CountOfWeights();
        if (expected != fileLength)
        {
            reader.Fail($"has {fileLength} bytes, but a llama2.c model with its header (dim {header.Width}, {header.Layers} layers, "
                + $"vocabulary {header.Vocabulary}, context {header.Context}) has {expected}. It is another kind of file, or its download is incomplete.");
        }

        return header;
    }

    private Int128 CountOfWeights()
    {
        Int128 attention = 2 * (Int128)Width * Width + 2 * (Int128)Width * KvWidth;
        Int128 feedForward = 3 * (Int128)Width * HiddenWidth;
        Int128 embedding = (Int128)Vocabulary * Width;
        Int128 ropeTables = (Int128)Context * HeadWidth;
        return Layers * (attention + feedForward + 2 * Width) + Width + ropeTables + (SharedOutput ? 1 : 2) * embedding;
    }
}
