using Takt.Formats;
using Takt.Models.Quantization;

namespace Takt.Models.Tests.Quantization;

/// <summary>The expected types are those of the files that llama.cpp's quantizer makes of the same models.</summary>
public class QuantizationMixTests
{
    [Theory]
    [InlineData("q8_0", "q8_0", "q8_0", "q8_0", "q8_0")]
    [InlineData("q4_0", "q4_0", "q6_k", "q4_0", "q4_0")]
    [InlineData("q2_k", "q2_k", "q6_k", "q4_k", "q3_k")]
    [InlineData("q3_k_m", "q3_k", "q6_k", "q5_k", "q5_k")]
    [InlineData("q3_k_l", "q3_k", "q6_k", "q5_k", "q5_k")]
    [InlineData("q4_k_s", "q4_k", "q6_k", "q5_k", "q5_k")]
    [InlineData("q4_k_m", "q4_k", "q6_k", "q6_k", "q6_k")]
    [InlineData("q5_k_m", "q5_k", "q6_k", "q6_k", "q6_k")]
    [InlineData("iq4_xs", "iq4_xs", "q6_k", "q5_k", "q5_k")]
    [InlineData("mxfp4", "q8_0", "q8_0", "q8_0", "q8_0")]
    [InlineData("f16", "f16", "f16", "f16", "f16")]
    public void Sensitive_tensors_of_the_first_layer_get_more_bits(string target, string most, string output, string value, string down)
    {
        Dictionary<string, string> types = Types(target);
        Assert.Equal(most, types["token_embd.weight"]);
        Assert.Equal(most, types["blk.0.attn_q.weight"]);
        Assert.Equal(output, types["output.weight"]);
        Assert.Equal(value, types["blk.0.attn_v.weight"]);
        Assert.Equal(down, types["blk.0.ffn_down.weight"]);
        Assert.Equal("f32", types["blk.0.attn_norm.weight"]);
    }

    [Fact]
    public void The_m_mixes_raise_the_ends_and_every_third_layer_between()
    {
        Dictionary<string, string> types = Types("q4_k_m");
        int[] raised = [.. Enumerable.Range(0, 17).Where(layer => types[$"blk.{layer}.ffn_down.weight"] == "q6_k")];
        // 17 layers: the first 2, the last from 14 on, and those between whose distance from 2 leaves 2 when divided by 3.
        Assert.Equal([0, 1, 4, 7, 10, 13, 14, 15, 16], raised);
        Assert.All(raised, layer => Assert.Equal("q6_k", types[$"blk.{layer}.attn_v.weight"]));
    }

    [Fact]
    public void Tied_embeddings_are_stored_like_an_output() => Assert.Equal("q6_k", Types("q4_0", tied: true)["token_embd.weight"]);

    [Fact]
    public void Mixtures_of_eight_experts_keep_attention_finer_and_routers_float()
    {
        Dictionary<string, string> types = Types("q4_k_m", experts: 8);
        Assert.Equal("f32", types["blk.3.ffn_gate_inp.weight"]);
        Assert.Equal("q8_0", types["blk.3.attn_k.weight"]);
        Assert.Equal("q8_0", types["blk.3.attn_v.weight"]);
        Assert.Equal("q5_k", types["blk.3.attn_output.weight"]);
        Assert.Equal("mxfp4", Types("mxfp4", experts: 8)["blk.3.ffn_up_exps.weight"]);
    }

    [Theory]
    [InlineData("q4_k_m", 288, "q5_0")]
    [InlineData("q5_k_m", 288, "q5_1")]
    [InlineData("q6_k", 288, "q8_0")]
    [InlineData("q2_k", 288, "q4_0")]
    [InlineData("iq4_xs", 288, "iq4_nl")]
    [InlineData("q4_0", 300, "f16")]
    public void Rows_that_do_not_fit_fall_back(string target, int hidden, string expected)
    {
        using ModelFile file = Model(hidden: hidden);
        TensorType[] types = QuantizationMix.Choose(file, QuantizationTarget.Parse(target), pure: false, out int fallbacks);
        Assert.Equal(expected, types[Index(file, "blk.0.attn_q.weight")].Name());
        Assert.True(fallbacks > 0);
    }

    [Fact]
    public void Pure_means_one_type_for_every_matrix()
    {
        using ModelFile file = Model();
        TensorType[] types = QuantizationMix.Choose(file, QuantizationTarget.Parse("Q4_K"), pure: true, out int fallbacks);
        Assert.Equal(0, fallbacks);
        Assert.Equal([TensorType.F32, TensorType.Q4_K], types.Distinct().Order());
    }

    [Fact]
    public void A_name_that_is_none_says_which_are()
    {
        string message = Assert.Throws<ArgumentException>(() => QuantizationTarget.Parse("q9_z")).Message;
        Assert.Contains("q4_k_m", message);
        Assert.Equal("q4_k_m", QuantizationTarget.Parse("Q4_K").Name);
    }

    private static Dictionary<string, string> Types(string target, bool tied = false, int experts = 0)
    {
        using ModelFile file = Model(tied: tied, experts: experts);
        TensorType[] types = QuantizationMix.Choose(file, QuantizationTarget.Parse(target), pure: false, out _);
        return file.Tensors.Zip(types).ToDictionary(pair => pair.First.Name, pair => pair.Second.Name());
    }

    // Names and shapes are all that the choice looks at.
    private static ModelFile Model(int hidden = 256, bool tied = false, int experts = 0)
    {
        const int layers = 17;
        var metadata = new Dictionary<string, object>
        {
            ["general.architecture"] = "llama",
            ["llama.block_count"] = (uint)layers,
            ["llama.attention.head_count"] = 8u,
            ["llama.attention.head_count_kv"] = 2u,
            ["llama.expert_count"] = (uint)experts,
        };
        List<Tensor> tensors = [Matrix("token_embd", hidden, 300)];
        // Ten comes before two in a file that is sorted by name.
        foreach (string prefix in Enumerable.Range(0, layers).Select(i => $"blk.{i}.").Order(StringComparer.Ordinal))
        {
            foreach (string name in (string[])["attn_q", "attn_k", "attn_v", "attn_output"]) tensors.Add(Matrix(prefix + name, hidden, 128));
            tensors.Add(Matrix(prefix + "attn_norm", hidden));
            if (experts > 0) tensors.Add(Matrix(prefix + "ffn_gate_inp", hidden, experts));
            foreach (string name in (string[])["ffn_up", "ffn_gate", "ffn_down"])
                tensors.Add(experts > 0 ? Matrix(prefix + name + "_exps", hidden, 64, experts) : Matrix(prefix + name, hidden, 64));
        }

        if (!tied) tensors.Add(Matrix("output", hidden, 300));
        return new ModelFile("model", metadata, tensors, owner: null);
    }

    private static Tensor Matrix(string name, params long[] shape) => new(name + ".weight", TensorType.F32, shape, 0, 0);

    private static int Index(ModelFile file, string name) => file.Tensors.Select((tensor, index) => (tensor, index)).First(p => p.tensor.Name == name).index;
}
