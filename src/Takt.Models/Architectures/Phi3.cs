namespace Takt.Models.Architectures;

/// <summary>Phi-3 and Phi-4: fused projections; long contexts by frequency factors (LongRoPE, arXiv 2402.13753).</summary>
internal static class Phi3
{
    public static ModelConfig Read(MetadataReader metadata) =>
        DecoderShape.Read(metadata, RopeKind.NeoX).WithWindows(metadata, period: 0);
}
