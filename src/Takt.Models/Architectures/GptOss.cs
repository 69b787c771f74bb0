namespace Takt.Models.Architectures;

/// <summary>gpt-oss (arXiv 2508.10925): experts with a clamped activation and biases, attention sinks, alternating windows.</summary>
internal static class GptOss
{
    public static ModelConfig Read(MetadataReader metadata) => DecoderShape.Read(metadata, RopeKind.NeoX, truncateYarn: false)
        .WithWindows(metadata, period: 2)
        .WithExperts(metadata, ExpertGating.SoftmaxOfTop, normalize: false) with
    { Activation = Activation.SwiGluOai };
}
