namespace Takt.Models.Architectures;

/// <summary>OLMo 2 (arXiv 2501.00656) and 3: norms after each half of a layer, queries and keys normalised over their whole width.</summary>
internal static class Olmo2
{
    public static ModelConfig Read(MetadataReader metadata)
    {
        // Layers that slide (OLMo 3) use the rotation without its scaling.
        var local = new RopeConfig(metadata.Positive("rope.freq_base_swa", metadata.Positive("rope.freq_base", 10000)));
        return DecoderShape.Read(metadata, RopeKind.NeoX).WithWindows(metadata, period: 4, slidingRope: local);
    }
}
