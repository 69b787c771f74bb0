namespace Takt.Models.Architectures;

/// <summary>Llama, and all that shares its layers: Mistral, Mixtral, TinyLlama, SmolLM2.</summary>
internal static class Llama
{
    public static ModelConfig Read(MetadataReader metadata)
    {
        ModelConfig config = DecoderShape.Read(metadata, RopeKind.Interleaved).WithWindows(metadata, period: 0);
        return metadata.Count("expert_count", 0, int.MaxValue, 0) == 0
            ? config
            : config.WithExperts(metadata, ExpertGating.Softmax, normalize: true);
    }
}
