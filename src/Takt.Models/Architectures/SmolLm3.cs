namespace Takt.Models.Architectures;

/// <summary>SmolLM3: Llama with every fourth layer unrotated (NoPE), unless the file has a pattern.</summary>
internal static class SmolLm3
{
    private const int NoRopeEvery = 4;

    public static ModelConfig Read(MetadataReader metadata)
    {
        ModelConfig config = DecoderShape.Read(metadata, RopeKind.Interleaved).WithWindows(metadata, period: 0);
        bool[]? pattern = metadata.Flags("attention.rope_pattern", config.Layers.Count);
        return config.WithRopeOn(layer => pattern?[layer] ?? (layer + 1) % NoRopeEvery != 0);
    }
}
