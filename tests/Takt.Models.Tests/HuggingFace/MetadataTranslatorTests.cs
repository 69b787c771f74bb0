using System.Text.Json;
using Takt.Formats;
using Takt.Models.HuggingFace;

namespace Takt.Models.Tests.HuggingFace;

public class MetadataTranslatorTests
{
    private const string Old = Checkpoint.LlamaConfig;

    [Fact]
    public void Dimensions_are_under_GGUFs_keys()
    {
        Dictionary<string, object> metadata = Translate(Checkpoint.With(Old, ("head_dim", "4")));
        (string, object)[] expected =
        [
            ("general.architecture", "llama"), ("general.name", "small"), ("llama.block_count", 1u), ("llama.context_length", 32u),
            ("llama.embedding_length", 8u), ("llama.feed_forward_length", 6u), ("llama.attention.head_count", 2u),
            ("llama.attention.head_count_kv", 1u), ("llama.attention.key_length", 4u), ("llama.attention.value_length", 4u),
            ("llama.attention.layer_norm_rms_epsilon", 1e-5f), ("llama.rope.dimension_count", 4u), ("llama.rope.freq_base", 10000f),
            ("llama.vocab_size", 5u),
        ];
        Assert.All(expected, pair => Assert.Equal(pair.Item2, metadata[pair.Item1]));
    }

    [Theory]
    [InlineData("""{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 20 }""")]
    [InlineData("""{ "type": "linear", "factor": 2 }""")]
    [InlineData("""{ "rope_type": "default" }""")]
    public void Both_ways_to_write_the_rotation_mean_the_same(string scaling)
    {
        string nested = Checkpoint.With(scaling, ("rope_theta", "5000.0"));
        Assert.Equal(
            Translate(Checkpoint.With(Old, ("rope_theta", "5000.0"), ("rope_scaling", scaling))),
            Translate(Checkpoint.With(Old, ("rope_theta", null), ("rope_parameters", nested))));
    }

    [Fact]
    public void Yarn_takes_its_magnitude_apart()
    {
        Dictionary<string, object> metadata = Translate(Checkpoint.With(
            Old, ("rope_scaling", """{ "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "attention_factor": 3.0 }""")));
        Assert.Equal("yarn", metadata["llama.rope.scaling.type"]);
        Assert.Equal(16u, metadata["llama.rope.scaling.original_context_length"]);
        Assert.Equal(3 / (1 + 0.1 * Math.Log(4)), (float)metadata["llama.rope.scaling.attn_factor"], 5);
    }

    [Fact]
    public void Gemma3_has_a_rotation_for_each_kind_of_layer_and_defaults_for_what_is_left_out()
    {
        const string Parameters = """
            { "full_attention": { "rope_type": "linear", "factor": 8.0, "rope_theta": 2e6 }, "sliding_attention": { "rope_theta": 3e4 } }
            """;
        string config = Checkpoint.With(
            Old,
            ("model_type", "\"gemma3_text\""), ("rope_theta", null), ("num_attention_heads", null), ("rms_norm_eps", null),
            ("rope_parameters", Parameters));
        string[] keys = ["rope.freq_base", "rope.freq_base_swa", "rope.scaling.factor", "attention.head_count", "attention.key_length"];
        Dictionary<string, object> metadata = Translate(config);
        Assert.Equal([2e6f, 3e4f, 8f, 8u, 256u], keys.Select(key => metadata["gemma3." + key]));
        Assert.Equal(1e-6f, metadata["gemma3.attention.layer_norm_rms_epsilon"]);
        Dictionary<string, object> old = Translate(
            Checkpoint.With(config, ("rope_parameters", null), ("rope_scaling", """{ "type": "linear", "factor": 8.0 }""")));
        Assert.Equal([1e6f, 1e4f, 8f, 8u, 256u], keys.Select(key => old["gemma3." + key]));
    }

    [Fact]
    public void Llama3_factors_stretch_long_wavelengths_only()
    {
        string config = Checkpoint.With(Old, ("head_dim", "128"), ("rope_theta", "500000.0"), ("rope_scaling", """
            { "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192 }
            """));
        using var arena = new TensorArena(Checkpoint.Make([("nothing", [1])]));
        using ModelFile factors = new("factors", new Dictionary<string, object>(), [.. new RopeTranslator(Parse(config)).Tensors(arena, 128)], null);
        float[] values = factors.Floats("rope_freqs.weight");
        Assert.Equal(64, values.Length);
        for (int i = 0; i < 64; i++)
        {
            double wavelength = 2 * Math.PI * Math.Pow(500000, i / 64.0);
            double frequency = 1 / wavelength, blend = (8192 / wavelength - 1) / 3;
            double expected = wavelength < 8192 / 4.0 ? frequency
                : wavelength > 8192 ? frequency / 8
                : (1 - blend) * frequency / 8 + blend * frequency;
            Assert.Equal(1, values[i] * expected * wavelength, 5);
        }
    }

    [Fact]
    public void Longrope_keeps_its_factors_and_magnitude()
    {
        string config = Checkpoint.With(
            Old,
            ("model_type", "\"phi3\""), ("max_position_embeddings", "64"), ("original_max_position_embeddings", "16"),
            ("rope_scaling", """{ "type": "longrope", "long_factor": [2, 3], "short_factor": [1, 1.5] }"""));
        Dictionary<string, object> metadata = Translate(config);
        Assert.Equal(("longrope", 16u), (metadata["phi3.rope.scaling.type"], metadata["phi3.rope.scaling.original_context_length"]));
        Assert.Equal(Math.Sqrt(1 + Math.Log(4) / Math.Log(16)), (float)metadata["phi3.rope.scaling.attn_factor"], 5);
        using var arena = new TensorArena(Checkpoint.Make([("nothing", [1])]));
        using ModelFile factors = new("factors", new Dictionary<string, object>(), [.. new RopeTranslator(Parse(config)).Tensors(arena, 4)], null);
        Assert.Equal([2, 3], factors.Floats("rope_factors_long.weight"));
        Assert.Equal([1, 1.5f], factors.Floats("rope_factors_short.weight"));
    }

    [Theory]
    [InlineData("""{ "sliding_window": 4, "use_sliding_window": false }""", null, null)]
    [InlineData("""{ "sliding_window": 4 }""", null, null)]
    [InlineData("""{ "sliding_window": null, "use_sliding_window": true }""", null, null)]
    [InlineData("""{ "sliding_window": 4, "use_sliding_window": true, "max_window_layers": 2 }""", 4u, new[] { false, false, true })]
    [InlineData(
        """{ "sliding_window": 4, "use_sliding_window": true, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"] }""",
        4u,
        new[] { true, false, true })]
    public void Qwen2_slides_only_where_it_says_so(string changes, object? window, bool[]? pattern)
    {
        string config = Checkpoint.With(Old, ("model_type", "\"qwen2\""), ("num_hidden_layers", "3"));
        IEnumerable<JsonProperty> properties = JsonElement.Parse(changes).EnumerateObject();
        config = Checkpoint.With(config, [.. properties.Select(static property => (property.Name, (string?)property.Value.GetRawText()))]);
        Dictionary<string, object> metadata = Translate(config);
        Assert.Equal(window, metadata.GetValueOrDefault("qwen2.attention.sliding_window"));
        Assert.Equal(pattern, metadata.GetValueOrDefault("qwen2.attention.sliding_window_pattern"));
    }

    [Theory]
    [InlineData("model_type", "\"mamba\"", "'model_type' is 'mamba', which is not a known decoder; known are llama, mistral,")]
    [InlineData("model_type", null, "'model_type' is missing")]
    [InlineData("hidden_size", null, "is missing; expected a whole number")]
    [InlineData("hidden_size", "\"eight\"", "'hidden_size' is \"eight\"; expected a whole number")]
    [InlineData("hidden_size", "-8", "'hidden_size' is -8; expected a whole number")]
    [InlineData("num_attention_heads", "0", "'num_attention_heads' is 0; expected at least 1")]
    [InlineData("rms_norm_eps", "1e999", "'rms_norm_eps' is 1e999; expected a number")]
    [InlineData("hidden_act", "\"relu\"", "'hidden_act' is 'relu'; a 'llama' model is supported with 'silu' only")]
    [InlineData("rope_scaling", "[1]", "'rope_scaling' is [1]; expected an object")]
    [InlineData("rope_scaling", """{ "type": "magic" }""", "is 'magic'; known are default, linear")]
    [InlineData("rope_scaling", """{ "type": "linear" }""", "'factor' is missing")]
    [InlineData("layer_types", "[1]", "expected strings")]
    public void A_wrong_key_is_named_with_what_was_expected(string key, string? json, string message)
    {
        string config = Checkpoint.With(Old, (key, json), ("sliding_window", "4"));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Translate(config));
        Assert.StartsWith("/models/small/config.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static HuggingFaceConfig Parse(string config) => HuggingFaceConfig.Of("/models/small/config.json", JsonElement.Parse(config));

    private static Dictionary<string, object> Translate(string config)
    {
        HuggingFaceConfig values = Parse(config);
        HuggingFaceArchitecture architecture = HuggingFaceArchitecture.Of(values);
        using ModelFile tensors = Checkpoint.Make(Checkpoint.LlamaTensors);
        return new MetadataTranslator(architecture, architecture.Complete(values)).Translate("small", tensors);
    }
}
