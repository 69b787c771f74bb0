using Takt.Formats;
using Takt.Models.HuggingFace;

namespace Takt.Models.Tests.HuggingFace;

public class TensorTranslatorTests
{
    [Fact]
    public void Names_are_GGUFs_and_unchanged_tensors_stay_where_they_are()
    {
        using ModelFile checkpoint = Checkpoint.Make(Checkpoint.LlamaTensors);
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, checkpoint);
        (string From, string To)[] same =
        [
            ("model.embed_tokens", "token_embd"), ("model.layers.0.self_attn.v_proj", "blk.0.attn_v"),
            ("model.layers.0.mlp.down_proj", "blk.0.ffn_down"), ("model.layers.0.post_attention_layernorm", "blk.0.ffn_norm"), ("model.norm", "output_norm"), ("lm_head", "output"),
        ];
        Assert.All(same, pair => Assert.Equal(checkpoint.Find(pair.From + ".weight")!.Data, view.Find(pair.To + ".weight")!.Data));
        Assert.Equal(Checkpoint.LlamaTensors.Length, view.Tensors.Count);
    }

    [Fact]
    public void Rows_of_queries_and_keys_go_from_halves_to_pairs()
    {
        using ModelFile checkpoint = Checkpoint.Make(Checkpoint.LlamaTensors);
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, checkpoint);
        int[] order = [0, 2, 1, 3, 4, 6, 5, 7];
        for (int row = 0; row < 8; row++)
            Assert.Equal(checkpoint.Row("model.layers.0.self_attn.q_proj.weight", order[row]), view.Row("blk.0.attn_q.weight", row));
        for (int row = 0; row < 4; row++)
            Assert.Equal(checkpoint.Row("model.layers.0.self_attn.k_proj.weight", order[row]), view.Row("blk.0.attn_k.weight", row));
    }

    [Fact]
    public void Biases_of_queries_and_keys_follow_their_rows()
    {
        using ModelFile checkpoint = Checkpoint.Make([.. Checkpoint.LlamaTensors, ("model.layers.0.self_attn.k_proj.bias", [4])]);
        float[] bias = checkpoint.Floats("model.layers.0.self_attn.k_proj.bias");
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, checkpoint);
        Assert.Equal([bias[0], bias[2], bias[1], bias[3]], view.Floats("blk.0.attn_k.bias"));
    }

    [Fact]
    public void Qwen_keeps_its_rows()
    {
        using ModelFile checkpoint = Checkpoint.Make(Checkpoint.LlamaTensors);
        using ModelFile view = Checkpoint.View(Checkpoint.With(Checkpoint.LlamaConfig, ("model_type", "\"qwen2\"")), checkpoint);
        Assert.Equal(checkpoint.Find("model.layers.0.self_attn.q_proj.weight")!.Data, view.Find("blk.0.attn_q.weight")!.Data);
    }

    [Fact]
    public void A_stored_copy_of_tied_embeddings_is_left_out()
    {
        using ModelFile view = Checkpoint.View(
            Checkpoint.With(Checkpoint.LlamaConfig, ("tie_word_embeddings", "true")), Checkpoint.Make(Checkpoint.LlamaTensors));
        Assert.Null(view.Find("output.weight"));
    }

    [Fact]
    public void The_language_part_of_a_model_of_several_media_is_taken()
    {
        IEnumerable<(string, long[])> tensors = Checkpoint.LlamaTensors
            .Select(static tensor => ("language_model." + tensor.Name, tensor.Shape))
            .Append(("vision_tower.patch.weight", [3, 3]));
        string config = $$"""{ "model_type": "llava", "text_config": {{Checkpoint.LlamaConfig}} }""";
        using ModelFile view = Checkpoint.View(config, Checkpoint.Make(tensors));
        Assert.Equal(Checkpoint.LlamaTensors.Length, view.Tensors.Count);
        Assert.NotNull(view.Find("output.weight"));
    }

    [Fact]
    public unsafe void Small_tensors_become_F32_and_matrices_keep_their_type()
    {
        using ModelFile checkpoint = Checkpoint.Make(Checkpoint.LlamaTensors.Select(static tensor => (tensor.Name, TensorType.BF16, tensor.Shape)));
        var norm = (ushort*)checkpoint.Find("model.norm.weight")!.Data;
        for (int i = 0; i < 8; i++) norm[i] = 0x3FC0; // 1.5
        using ModelFile view = Checkpoint.View(Checkpoint.LlamaConfig, checkpoint);
        Assert.Equal(Enumerable.Repeat(1.5f, 8), view.Floats("output_norm.weight"));
        Assert.Equal(TensorType.BF16, view.Find("blk.0.attn_q.weight")!.Type);
        Assert.Equal(32u, view.Metadata["general.file_type"]);
    }

    [Fact]
    public void Gemmas_norms_gain_the_one_they_leave_out()
    {
        string config = Checkpoint.With(
            Checkpoint.LlamaConfig, ("model_type", "\"gemma2\""), ("head_dim", "4"), ("query_pre_attn_scalar", "4"), ("sliding_window", "4"));
        using ModelFile checkpoint = Checkpoint.Make(
        [
            .. Checkpoint.LlamaTensors,
            ("model.layers.0.pre_feedforward_layernorm.weight", [8]),
            ("model.layers.0.post_feedforward_layernorm.weight", [8]),
        ]);
        using ModelFile view = Checkpoint.View(config, checkpoint);
        (string From, string To)[] norms =
        [
            ("layers.0.input_layernorm", "blk.0.attn_norm"), ("layers.0.post_attention_layernorm", "blk.0.post_attention_norm"),
            ("layers.0.pre_feedforward_layernorm", "blk.0.ffn_norm"), ("layers.0.post_feedforward_layernorm", "blk.0.post_ffw_norm"),
            ("norm", "output_norm"),
        ];
        Assert.All(norms, pair => Assert.Equal(
            checkpoint.Floats($"model.{pair.From}.weight").Select(static value => value + 1), view.Floats(pair.To + ".weight")));
        Assert.Null(view.Find("output.weight"));
    }

    [Fact]
    public void Experts_are_stacked_in_their_order_with_w3_as_up()
    {
        IEnumerable<(string, long[])> tensors = Checkpoint.LlamaTensors
            .Where(static tensor => !tensor.Name.Contains(".mlp.", StringComparison.Ordinal))
            .Append(("model.layers.0.block_sparse_moe.gate.weight", [8, 11]))
            .Concat(Enumerable.Range(0, 11).SelectMany(static expert => new (string, long[])[]
            {
                ($"model.layers.0.block_sparse_moe.experts.{expert}.w1.weight", [8, 6]),
                ($"model.layers.0.block_sparse_moe.experts.{expert}.w2.weight", [6, 8]),
                ($"model.layers.0.block_sparse_moe.experts.{expert}.w3.weight", [8, 6]),
            }));
        using ModelFile checkpoint = Checkpoint.Make(tensors);
        string config = Checkpoint.With(
            Checkpoint.LlamaConfig, ("model_type", "\"mixtral\""), ("num_local_experts", "11"), ("num_experts_per_tok", "2"));
        using ModelFile view = Checkpoint.View(config, checkpoint);
        foreach ((string from, string to) in new[] { ("w1", "ffn_gate_exps"), ("w2", "ffn_down_exps"), ("w3", "ffn_up_exps") })
        {
            IEnumerable<float> expected = Enumerable.Range(0, 11)
                .SelectMany(expert => checkpoint.Floats($"model.layers.0.block_sparse_moe.experts.{expert}.{from}.weight"));
            Assert.Equal(expected, view.Floats($"blk.0.{to}.weight"));
        }
    }

    [Fact]
    public void Olmo2_normalises_after_each_half_and_over_the_whole_width()
    {
        IEnumerable<(string, long[])> tensors = Checkpoint.LlamaTensors
            .Where(static tensor => !tensor.Name.EndsWith("input_layernorm.weight", StringComparison.Ordinal))
            .Append(("model.layers.0.post_feedforward_layernorm.weight", [8]))
            .Append(("model.layers.0.self_attn.q_norm.weight", [8]))
            .Append(("model.layers.0.self_attn.k_norm.weight", [4]));
        using ModelFile checkpoint = Checkpoint.Make(tensors);
        using ModelFile view = Checkpoint.View(Checkpoint.With(Checkpoint.LlamaConfig, ("model_type", "\"olmo2\"")), checkpoint);
        Assert.Equal(checkpoint.Floats("model.layers.0.post_attention_layernorm.weight"), view.Floats("blk.0.post_attention_norm.weight"));
        Assert.Equal(checkpoint.Floats("model.layers.0.post_feedforward_layernorm.weight"), view.Floats("blk.0.post_ffw_norm.weight"));
        Assert.Equal(checkpoint.Floats("model.layers.0.self_attn.q_norm.weight"), view.Floats("blk.0.attn_q_norm.weight"));
        Assert.Equal(checkpoint.Floats("model.layers.0.self_attn.q_proj.weight"), view.Floats("blk.0.attn_q.weight"));
    }

    [Theory]
    [InlineData("model.layers.0.mlp.up_proj.weight", "tensor 'blk.0.ffn_up.weight' is missing")]
    [InlineData("model.embed_tokens.weight", "has no tensor 'embed_tokens.weight'")]
    public void A_missing_tensor_is_named(string name, string message)
    {
        ModelFile checkpoint = Checkpoint.Make(Checkpoint.LlamaTensors.Where(tensor => tensor.Name != name));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Checkpoint.View(Checkpoint.LlamaConfig, checkpoint));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_would_be_lost_is_refused()
    {
        ModelFile checkpoint = Checkpoint.Make(
            [.. Checkpoint.LlamaTensors, ("model.layers.0.self_attn.rotary_emb.inv_freq", [2]), ("model.layers.0.mlp.shared.weight", [8, 8])]);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Checkpoint.View(Checkpoint.LlamaConfig, checkpoint));
        Assert.Contains("'model.layers.0.mlp.shared.weight' is not one of a 'llama' model", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    public void Mxfp4_codes_and_scales_become_blocks(int start, int step)
    {
        using var arena = new TensorArena(Checkpoint.Make([("nothing", [1])]));
        using ModelFile parts = Checkpoint.Make([("blocks", TensorType.I8, [16, 1, 4, 2]), ("scales", TensorType.I8, [1, 4, 2])]);
        Tensor packed = Mxfp4.Pack(arena, parts.Find("blocks")!, parts.Find("scales")!, "packed", start, step);
        Assert.Equal([32, 4 / step, 2], packed.Shape);
        byte[] bytes = packed.Bytes.ToArray();
        for (int taken = 0; taken < 8 / step; taken++)
        {
            int row = start + taken * step;
            byte[] block = bytes[(17 * taken)..(17 * taken + 17)];
            Assert.Equal(row, block[0]);
            for (int i = 0; i < 32; i++)
            {
                int stored = 16 * row + i / 2; // the checkpoint's byte of value i
                int expected = i % 2 == 0 ? stored & 15 : stored >> 4;
                Assert.Equal(expected, i < 16 ? block[1 + i] & 15 : block[1 + i - 16] >> 4);
            }
        }
    }
}
