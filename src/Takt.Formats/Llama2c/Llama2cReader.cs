namespace Takt.Formats.Llama2c;

/// <summary>
/// Reads models of llama2.c (<c>.bin</c>, float32, the layout without a version) and shows them under GGUF's keys and names.
/// See https://github.com/karpathy/llama2.c.
/// </summary>
public static unsafe class Llama2cReader
{
    /// <summary>
    /// Opens a model. A tokenizer that lies beside it (<c>tok&lt;vocabulary&gt;.bin</c>, <c>tokenizer.bin</c>, or the only other
    /// <c>tok*.bin</c> that fits) becomes <c>tokenizer.ggml.*</c> metadata.
    /// </summary>
    /// <exception cref="InvalidDataException">The file or its tokenizer is damaged, cut off or of another kind.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static ModelFile Open(string path) => FileMapping.Read(path, mapping => Parse(
        path, mapping.Start, mapping.Length, mapping,
        (vocabulary, metadata) => Llama2cTokenizer.AddBeside(path, vocabulary, metadata)));

    /// <summary>Reads a model that lies in memory; <paramref name="addTokenizer"/> gets the vocabulary's size.</summary>
    internal static ModelFile Parse(
        string path, byte* start, long length, IDisposable? owner, Action<int, Dictionary<string, object>> addTokenizer)
    {
        var reader = new ByteReader(path, start, length);
        Llama2cHeader header = Llama2cHeader.Read(ref reader, length);
        Dictionary<string, object> metadata = MetadataOf(header, path);
        addTokenizer(header.Vocabulary, metadata);
        return new ModelFile(path, metadata, TensorsOf(header, start + Llama2cHeader.Bytes), owner);
    }

    private static Dictionary<string, object> MetadataOf(Llama2cHeader header, string path) => new(StringComparer.Ordinal)
    {
        ["general.architecture"] = "llama",
        ["general.name"] = Path.GetFileNameWithoutExtension(path),
        ["llama.context_length"] = (uint)header.Context,
        ["llama.embedding_length"] = (uint)header.Width,
        ["llama.block_count"] = (uint)header.Layers,
        ["llama.feed_forward_length"] = (uint)header.HiddenWidth,
        ["llama.attention.head_count"] = (uint)header.Heads,
        ["llama.attention.head_count_kv"] = (uint)header.KvHeads,
        ["llama.attention.layer_norm_rms_epsilon"] = 1e-5f,
        ["llama.rope.dimension_count"] = (uint)header.HeadWidth,
        ["llama.rope.freq_base"] = 10_000f,
        ["llama.vocab_size"] = (uint)header.Vocabulary,
    };

    // The file keeps one kind of weight of all layers together; its rotary embedding pairs neighbours, as GGUF's llama does.
    private static List<Tensor> TensorsOf(Llama2cHeader header, byte* data)
    {
        var tensors = new List<Tensor>();
        long width = header.Width, kv = header.KvWidth, hidden = header.HiddenWidth;

        void Add(string name, params long[] shape)
        {
            long bytes = TensorType.F32.ByteLength(shape);
            tensors.Add(new Tensor(name, TensorType.F32, shape, (nint)data, bytes));
            data += bytes;
        }

        void AddLayers(string name, params long[] shape)
        {
            for (int layer = 0; layer < header.Layers; layer++) Add($"blk.{layer}.{name}.weight", shape);
        }

        Add("token_embd.weight", width, header.Vocabulary);
        AddLayers("attn_norm", width);
        AddLayers("attn_q", width, width);
        AddLayers("attn_k", width, kv);
        AddLayers("attn_v", width, kv);
        AddLayers("attn_output", width, width);
        AddLayers("ffn_norm", width);
        AddLayers("ffn_gate", width, hidden);
        AddLayers("ffn_down", hidden, width);
        AddLayers("ffn_up", width, hidden);
        Add("output_norm.weight", width);
        // Tables of the rotary embedding's cosines and sines, which are computed instead.
        data += sizeof(float) * (long)header.Context * header.HeadWidth;
        if (!header.SharedOutput) Add("output.weight", width, header.Vocabulary);
        return tensors;
    }
}
