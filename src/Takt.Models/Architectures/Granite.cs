namespace Takt.Models.Architectures;

/// <summary>Granite 3: Llama with multipliers on embeddings, residuals and logits.</summary>
internal static class Granite
{
    public static ModelConfig Read(MetadataReader metadata)
    {
        bool rotates = metadata.Flag("rope.scaling.finetuned", true);
        return DecoderShape.Read(metadata, RopeKind.Interleaved).WithRopeOn(_ => rotates) with
        {
            EmbeddingScale = metadata.Positive("embedding_scale", 1),
            ResidualScale = metadata.Positive("residual_scale", 1),
            LogitScale = 1 / metadata.Positive("logit_scale"),
        };
    }
}
