using Takt.Formats;
using Takt.Models;
using Takt.Models.Architectures;
using Takt.Testing;

namespace Takt.Models.Tests.Architectures;

public class DecoderArchitectureTests
{
    private static readonly RandomModelSize Tiny =
        new() { Hidden = 64, HeadSize = 16, FeedForward = 32, Vocabulary = 260, Context = 128, ExpertSize = 32 };

    public static TheoryData<string> All => [.. RandomModel.Architectures];

    [Theory]
    [MemberData(nameof(All))]
    public void Reads_dimensions_and_finds_the_tensors(string name)
    {
        using ModelFile file = RandomModel.Create(name, Tiny);
        DecoderArchitecture architecture = DecoderArchitecture.Of(file);
        ModelConfig config = architecture.ReadConfig(file);
        DecoderTensors tensors = architecture.FindTensors(file, config);
        Assert.Equal((64, 4, 260, 128), (config.HiddenSize, config.Layers.Count, config.VocabularySize, config.ContextLength));
        Assert.Equal(name is "mixtral" or "qwen3moe" or "gpt-oss", config.Layers.All(static layer => layer.Experts));
        Assert.Equal(config.Layers[0].Experts, tensors.Layers[0].Router is not null);
        Assert.Equal(config.Layers[0].Experts, tensors.Layers[0].Down is null);
    }

    [Fact]
    public void Every_known_architecture_is_tested() =>
        Assert.Empty(DecoderArchitecture.Known.Except(RandomModel.Architectures));

    [Theory]
    [InlineData("llama", "attn_norm", null, "ffn_norm", null)]
    [InlineData("gemma3", "attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")]
    [InlineData("glm4", "attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")]
    [InlineData("olmo2", null, "post_attention_norm", null, "post_ffw_norm")]
    [InlineData("gpt-oss", "attn_norm", null, "post_attention_norm", null)]
    public void Resolves_where_a_layer_normalises(string name, params string?[] norms)
    {
        LayerTensors layer = Find(name).Layers[1];
        string?[] found = [.. new[] { layer.PreAttentionNorm, layer.PostAttentionNorm, layer.PreFeedForwardNorm, layer.PostFeedForwardNorm }
            .Select(static norm => norm?.Weight.Name)];
        Assert.Equal(norms.Select(static norm => norm is null ? null : $"blk.1.{norm}.weight"), found);
    }

    [Fact]
    public void Fused_matrices_replace_the_separate_ones()
    {
        LayerTensors layer = Find("phi3").Layers[0];
        Assert.NotNull(layer.QueryKeyValue);
        Assert.NotNull(layer.GateUp);
        Assert.True(layer is { Query: null, Key: null, Value: null, Gate: null, Up: null });
    }

    [Fact]
    public void A_missing_output_matrix_means_tied_embeddings()
    {
        DecoderTensors tensors = Find("gpt2");
        Assert.Same(tensors.TokenEmbedding, tensors.Output.Weight);
        Assert.NotNull(tensors.PositionEmbedding);
    }

    [Theory]
    [InlineData("llama", 0, 0, 0, 0)]
    [InlineData("gemma2", 16, 0, 16, 0)]
    [InlineData("gemma3", 16, 16, 16, 16)]
    [InlineData("gpt-oss", 16, 0, 16, 0)]
    public void Windows_follow_the_period_of_the_architecture(string name, params int[] windows) =>
        Assert.Equal(windows, Config(name).Layers.Select(static layer => layer.Window));

    [Fact]
    public void A_pattern_in_the_file_beats_the_period() => Assert.Equal(
        [0, 7, 7, 0],
        Config(
            "qwen3",
            ("qwen3.attention.sliding_window", 7u),
            ("qwen3.attention.sliding_window_pattern", new[] { false, true, true, false })).Layers.Select(static layer => layer.Window));

    [Fact]
    public void A_window_of_llama_holds_on_every_layer() =>
        Assert.All(Config("llama", ("llama.attention.sliding_window", 5u)).Layers, static layer => Assert.Equal(5, layer.Window));

    [Fact]
    public void SmolLm3_rotates_all_but_every_fourth_layer() =>
        Assert.Equal([true, true, true, false], Config("smollm3").Layers.Select(static layer => layer.Rope is not null));

    [Fact]
    public void Gemma3_rotates_sliding_layers_without_the_scaling_of_the_others()
    {
        ModelConfig config = Config("gemma3", ("gemma3.rope.scaling.factor", 8f), ("gemma3.attention.sliding_window_pattern", 2u));
        Assert.Equal(new RopeConfig(10000), config.Layers[0].Rope);
        Assert.Equal(new RopeConfig(1e6f, 1 / 8f, OriginalContext: 128), config.Layers[1].Rope);
    }

    [Fact]
    public void Yarn_keeps_its_own_magnitude_apart_from_the_attention_factor()
    {
        (string, object)[] yarn =
            [("llama.rope.scaling.type", "yarn"), ("llama.rope.scaling.factor", 4f), ("llama.rope.scaling.original_context_length", 32u)];
        Assert.Equal(new RopeConfig(10000, 0.25f, 1, 32), Config("llama", yarn).Layers[0].Rope);
        float whole = 1 + 0.1f * MathF.Log(4);
        RopeConfig scaled = Config("llama", [.. yarn, ("llama.rope.scaling.yarn_attn_factor", 2 * whole)]).Layers[0].Rope!;
        Assert.Equal(2, scaled.AttentionFactor, 5);
    }

    [Fact]
    public void Gpt_oss_leaves_yarns_correction_dimensions_unrounded() => Assert.False(
        Config("gpt-oss", ("gpt-oss.rope.scaling.type", "yarn"), ("gpt-oss.rope.scaling.factor", 4f)).Layers[0].Rope!.Truncate);

    [Fact]
    public void Granite_reads_its_multipliers()
    {
        ModelConfig config = Config("granite");
        Assert.Equal((3f, 0.5f, 0.5f, 0.1f), (config.EmbeddingScale, config.ResidualScale, config.LogitScale, config.AttentionScale));
    }

    [Theory]
    [InlineData("embedding_length", null, "'llama.embedding_length' is missing; expected a whole number in 1..1048576")]
    [InlineData("embedding_length", 0u, "is 0; expected a whole number in 1..")]
    [InlineData("block_count", 4000000u, "'llama.block_count' is 4000000; expected a whole number in 1..1024")]
    [InlineData("block_count", "four", "is the string 'four'; expected a whole number")]
    [InlineData("attention.head_count_kv", 3u, "'llama.attention.head_count_kv' is 3; expected a divisor of the 8 query heads")]
    [InlineData("attention.value_length", 32u, "expected 16, the key length")]
    [InlineData("attention.key_length", 1048576u, "8 heads at most")]
    [InlineData("rope.dimension_count", 15u, "an even number of at most 16")]
    [InlineData("rope.freq_base", float.NaN, "'llama.rope.freq_base' is NaN; expected a number above 0")]
    [InlineData("rope.scaling.type", "magic", "is the string 'magic'; expected none, linear, yarn or longrope")]
    [InlineData("attention.layer_norm_rms_epsilon", null, "is missing; expected a number above 0")]
    [InlineData("expert_count", 8u, "'llama.expert_used_count' is missing")]
    public void A_wrong_key_is_named_with_what_was_expected(string key, object? value, string message)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Config("llama", ("llama." + key, value!)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_of_different_size_are_refused()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => Config("llama", ("llama.attention.head_count", new[] { 8, 8, 4, 8 })));
        Assert.Contains("the same number for every layer", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, Config("llama", ("llama.attention.head_count", new[] { 8, 8, 8, 8 })).Heads);
    }

    [Fact]
    public void An_unknown_architecture_lists_the_known_ones()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Config("llama", ("general.architecture", "mamba")));
        Assert.Contains("'mamba'", error.Message, StringComparison.Ordinal);
        Assert.All(DecoderArchitecture.Known, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_tensor_that_is_missing_or_misshapen_is_named()
    {
        using ModelFile file = RandomModel.Create("qwen3", Tiny);
        DecoderArchitecture architecture = DecoderArchitecture.Of(file);
        ModelConfig config = architecture.ReadConfig(file);
        Tensor[] others = [.. file.Tensors.Where(static tensor => tensor.Name != "blk.2.attn_k_norm.weight")];
        var without = new ModelFile("broken", file.Metadata, others, null);
        Assert.Contains("'blk.2.attn_k_norm.weight' is missing", Message(() => architecture.FindTensors(without, config)), StringComparison.Ordinal);
        Assert.Contains(
            "has shape [64, 260]; expected [64, 259]",
            Message(() => architecture.FindTensors(file, config with { VocabularySize = 259 })),
            StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.Throws<InvalidDataException>(action).Message;

    private static DecoderTensors Find(string name)
    {
        using ModelFile file = RandomModel.Create(name, Tiny);
        DecoderArchitecture architecture = DecoderArchitecture.Of(file);
        return architecture.FindTensors(file, architecture.ReadConfig(file));
    }

    // Reads a configuration with some keys replaced; null removes a key.
    private static ModelConfig Config(string name, params (string Key, object Value)[] changes)
    {
        using ModelFile file = RandomModel.Create(name, Tiny);
        var metadata = new Dictionary<string, object>(file.Metadata);
        foreach ((string key, object? value) in changes)
        {
            if (value is null) metadata.Remove(key);
            else metadata[key] = value;
        }

        var changed = new ModelFile(file.Path, metadata, file.Tensors, null);
        return DecoderArchitecture.Of(changed).ReadConfig(changed);
    }
}
