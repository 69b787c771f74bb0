namespace Takt.Models.Architectures;

/// <summary>Gemma 2 (arXiv 2408.00118) and 3 (arXiv 2503.19786): scaled embeddings, norms on both sides, layers that slide.</summary>
internal static class Gemma
{
    // The 27B models scale attention by width per head instead of head size; GGUF has no key for it.
    private const int Gemma2Layers27B = 46;
    private const int Gemma3Layers27B = 62;

    public static ModelConfig ReadGemma2(MetadataReader metadata) => Read(metadata, Gemma2Layers27B)
        .WithWindows(metadata, period: 2, absentWindow: 4096);

    public static ModelConfig ReadGemma3(MetadataReader metadata)
    {
        var local = new RopeConfig(metadata.Positive("rope.freq_base_swa", 10000));
        return Read(metadata, Gemma3Layers27B).WithWindows(metadata, period: 6, slidingRope: local);
    }

    private static ModelConfig Read(MetadataReader metadata, int layersOf27B)
    {
        ModelConfig config = DecoderShape.Read(metadata, RopeKind.NeoX);
        int perHead = config.Layers.Count == layersOf27B ? config.HiddenSize / config.Heads : config.HeadSize;
        return config with
        {
            Activation = Activation.GeGlu,
            EmbeddingScale = MathF.Sqrt(config.HiddenSize),
            AttentionScale = metadata.Positive("attention.scale", 1 / MathF.Sqrt(perHead)),
            AttentionSoftCap = metadata.Positive("attn_logit_softcapping", 0),
            LogitSoftCap = metadata.Positive("final_logit_softcapping", 0),
        };
    }
}
