namespace Takt.Models.Architectures;

/// <summary>GLM-4-0414: norms on both sides, a fused gate, half of each head rotated.</summary>
internal static class Glm4
{
    // Converters reorder the rows of its vision models, which have sections; for text all sections have the same position.
    public static ModelConfig Read(MetadataReader metadata) =>
        DecoderShape.Read(metadata, metadata.Has("rope.dimension_sections") ? RopeKind.NeoX : RopeKind.Interleaved);
}
