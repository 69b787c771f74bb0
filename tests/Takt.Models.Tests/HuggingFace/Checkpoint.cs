using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Models.HuggingFace;

namespace Takt.Models.Tests.HuggingFace;

/// <summary>A small Hugging Face model in memory whose F32 values count up from tensor to tensor, and reading of what a view made of it.</summary>
internal static unsafe class Checkpoint
{
    public const string LlamaConfig = """
        {
          "model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 1,
          "intermediate_size": 6, "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "vocab_size": 5, "rope_theta": 10000.0
        }
        """;

    /// <summary>Names and shapes (contiguous dimension first) of the tensors of <see cref="LlamaConfig"/>.</summary>
    public static readonly (string Name, long[] Shape)[] LlamaTensors =
    [
        ("model.embed_tokens.weight", [8, 5]),
        ("model.layers.0.input_layernorm.weight", [8]),
        ("model.layers.0.self_attn.q_proj.weight", [8, 8]),
        ("model.layers.0.self_attn.k_proj.weight", [8, 4]),
        ("model.layers.0.self_attn.v_proj.weight", [8, 4]),
        ("model.layers.0.self_attn.o_proj.weight", [8, 8]),
        ("model.layers.0.post_attention_layernorm.weight", [8]),
        ("model.layers.0.mlp.gate_proj.weight", [8, 6]),
        ("model.layers.0.mlp.up_proj.weight", [8, 6]),
        ("model.layers.0.mlp.down_proj.weight", [6, 8]),
        ("model.norm.weight", [8]),
        ("lm_head.weight", [8, 5]),
    ];

    public static ModelFile Make(IEnumerable<(string Name, long[] Shape)> tensors) =>
        Make(tensors.Select(static tensor => (tensor.Name, TensorType.F32, tensor.Shape)));

    /// <summary>Floats are 0, 1, 2, ... over all tensors; bytes are 0, 1, 2, ... in each.</summary>
    public static ModelFile Make(IEnumerable<(string Name, TensorType Type, long[] Shape)> tensors)
    {
        (string Name, TensorType Type, long[] Shape)[] all = [.. tensors];
        var memory = new NativeBuffer(all.Sum(static tensor => tensor.Type.ByteLength(tensor.Shape)));
        var made = new List<Tensor>();
        byte* next = memory.Bytes;
        float value = 0;
        foreach ((string name, TensorType type, long[] shape) in all)
        {
            var tensor = new Tensor(name, type, shape, (nint)next, type.ByteLength(shape));
            for (long i = 0; i < tensor.Count; i++)
            {
                if (type == TensorType.F32) ((float*)next)[i] = value++;
                else next[i] = (byte)i;
            }

            next += tensor.ByteLength;
            made.Add(tensor);
        }

        return new ModelFile("checkpoint", new Dictionary<string, object>(), made, memory);
    }

    public static ModelFile View(string config, ModelFile tensors) =>
        HuggingFaceModel.View("/models/small/config.json", JsonElement.Parse(config), tensors);

    /// <summary>A configuration with some keys replaced; values are JSON, null removes.</summary>
    public static string With(string config, params (string Key, string? Json)[] changes)
    {
        JsonObject json = JsonNode.Parse(config)!.AsObject();
        foreach ((string key, string? value) in changes)
        {
            json.Remove(key);
            if (value is not null) json[key] = JsonNode.Parse(value);
        }

        return json.ToJsonString();
    }

    public static float[] Floats(this ModelFile file, string name)
    {
        Tensor tensor = file.Find(name) ?? throw new InvalidOperationException($"{name} is missing");
        Assert.Equal(TensorType.F32, tensor.Type);
        return MemoryMarshal.Cast<byte, float>(tensor.Bytes).ToArray();
    }

    /// <summary>Row <paramref name="row"/> of a tensor.</summary>
    public static float[] Row(this ModelFile file, string name, int row)
    {
        int length = (int)file.Find(name)!.RowLength;
        return file.Floats(name)[(row * length)..((row + 1) * length)];
    }
}
