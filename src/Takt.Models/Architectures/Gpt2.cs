namespace Takt.Models.Architectures;

/// <summary>GPT-2: layer norms with biases, learned positions, no gate.</summary>
internal static class Gpt2
{
    public static ModelConfig Read(MetadataReader metadata) =>
        DecoderShape.Read(metadata, RopeKind.None, NormKind.Layer) with { Activation = Activation.Gelu };
}
