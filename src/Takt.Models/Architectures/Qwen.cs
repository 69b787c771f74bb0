namespace Takt.Models.Architectures;

/// <summary>Qwen 2 and 3.</summary>
internal static class Qwen
{
    public static ModelConfig ReadQwen2(MetadataReader metadata) =>
        DecoderShape.Read(metadata, RopeKind.NeoX).WithWindows(metadata, period: 0);

    // The difference is the norm of heads, which is in the tensors.
    public static ModelConfig ReadQwen3(MetadataReader metadata) => ReadQwen2(metadata);

    public static ModelConfig ReadQwen3Moe(MetadataReader metadata) =>
        ReadQwen2(metadata).WithExperts(metadata, ExpertGating.Softmax, normalize: true);
}
