using Takt.Formats;
using Takt.Models.Architectures;
using Takt.Models.HuggingFace;
using Takt.Testing;

namespace Takt.Models.Tests.HuggingFace;

/// <summary>Translation of one folder of each architecture.</summary>
public class TinyFolderTests
{
    [Theory]
    [InlineData("gemma2", "gemma2")]
    [InlineData("gemma3", "gemma3")]
    [InlineData("glm4", "glm4")]
    [InlineData("gpt-oss", "gpt-oss")]
    [InlineData("gpt2", "gpt2")]
    [InlineData("granite", "granite")]
    [InlineData("llama", "llama")]
    [InlineData("llama-rope-llama3-tied", "llama")]
    [InlineData("llama-rope-yarn", "llama")]
    [InlineData("mistral-sliding", "llama")]
    [InlineData("mixtral", "llama")]
    [InlineData("phi3", "phi3")]
    [InlineData("qwen2", "qwen2")]
    [InlineData("qwen3", "qwen3")]
    [InlineData("qwen3-moe", "qwen3moe")]
    [InlineData("smollm3", "smollm3")]
    public void Every_decoder_is_viewed_whole(string folder, string architecture)
    {
        using ModelFile view = Open(folder);
        DecoderArchitecture found = DecoderArchitecture.Of(view);
        Assert.Equal(architecture, found.Name);
        ModelConfig config = found.ReadConfig(view);
        Assert.Equal((160, 64), (config.VocabularySize, config.HiddenSize));
        Assert.Equal(config.Layers.Count, found.FindTensors(view, config).Layers.Count);
    }

    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("bart")]
    [InlineData("t5")]
    public void Encoders_are_refused_with_the_known_decoders(string folder)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Open(folder));
        Assert.Contains("is not a known decoder; known are llama,", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Granite_keeps_its_multipliers()
    {
        using ModelFile view = Open("granite");
        ModelConfig config = DecoderArchitecture.Of(view).ReadConfig(view);
        Assert.Equal((3f, 0.5f, 0.5f, 0.2f), (config.EmbeddingScale, config.ResidualScale, config.LogitScale, config.AttentionScale));
    }

    [Fact]
    public void Gemma_scales_attention_by_its_own_number()
    {
        using ModelFile view = Open("gemma3");
        ModelConfig config = DecoderArchitecture.Of(view).ReadConfig(view);
        Assert.Equal(1 / MathF.Sqrt(24), config.AttentionScale);
        Assert.Equal([16, 16, 16, 16, 16, 0], config.Layers.Select(static layer => layer.Window));
    }

    [Fact]
    public void Gpt2s_matrices_are_transposed()
    {
        using ModelFile source = OpenTensors("gpt2");
        float[] from = source.Floats("transformer.h.0.attn.c_attn.weight");
        using ModelFile view = Open("gpt2");
        float[] to = view.Floats("blk.0.attn_qkv.weight");
        Assert.Equal([64, 192], view.Find("blk.0.attn_qkv.weight")!.Shape);
        for (int row = 0; row < 192; row++)
        {
            for (int column = 0; column < 64; column++) Assert.Equal(from[column * 192 + row], to[row * 64 + column]);
        }
    }

    [Fact]
    public void Gpt_oss_experts_are_taken_apart()
    {
        using ModelFile source = OpenTensors("gpt-oss");
        float[] both = source.Floats("model.layers.1.mlp.experts.gate_up_proj"), bias = source.Floats("model.layers.1.mlp.experts.gate_up_proj_bias");
        using ModelFile view = Open("gpt-oss");
        float[] gates = view.Floats("blk.1.ffn_gate_exps.weight"), ups = view.Floats("blk.1.ffn_up_exps.weight");
        for (int i = 0; i < gates.Length; i++)
        {
            (int expert, int row, int column) = (i / (96 * 64), i / 64 % 96, i % 64);
            int at = (expert * 64 + column) * 192 + 2 * row;
            Assert.Equal((both[at], both[at + 1]), (gates[i], ups[i]));
        }

        Assert.Equal(bias.Where(static (_, i) => i % 2 == 0), view.Floats("blk.1.ffn_gate_exps.bias"));
        Assert.Equal(bias.Where(static (_, i) => i % 2 == 1), view.Floats("blk.1.ffn_up_exps.bias"));
    }

    private static ModelFile OpenTensors(string folder) => new HuggingFaceFolder(SharedData.Path("models", "tiny", folder)).OpenTensors();

    private static ModelFile Open(string folder) => HuggingFaceModel.Open(new HuggingFaceFolder(SharedData.Path("models", "tiny", folder)));
}
