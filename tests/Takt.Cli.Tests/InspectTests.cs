using System.Text.Json;

namespace Takt.Cli.Tests;

public class InspectTests(TinyModel models)
{
    [Fact]
    public void Json_has_the_facts()
    {
        JsonElement json = TaktRun.Of("inspect", models.Chat, "--json", "--context", "64", "--kv-type", "f16").Succeeded().Json;
        Assert.Equal("llama", json.GetProperty("architecture").GetString());
        Assert.True(json.GetProperty("chat_template").GetBoolean());
        Assert.Equal(2, json.GetProperty("config").GetProperty("layers").GetInt32());
        Assert.Equal(300, json.GetProperty("metadata").GetProperty("tokenizer.ggml.tokens").GetProperty("count").GetInt32());
        JsonElement memory = json.GetProperty("memory");
        // Two layers, keys and values, 64 tokens, two heads of 16 halves.
        Assert.Equal(2 * 2 * 64 * 2 * 16 * 2, memory.GetProperty("kv_bytes").GetInt64());
        long weights = json.GetProperty("tensors").EnumerateArray().Sum(t => t.GetProperty("bytes").GetInt64());
        Assert.Equal(weights, memory.GetProperty("weight_bytes").GetInt64());
        Assert.Equal(weights / 4, json.GetProperty("parameters").GetInt64());
        Assert.Equal(weights + memory.GetProperty("kv_bytes").GetInt64(), memory.GetProperty("total_bytes").GetInt64());
    }

    [Fact]
    public void The_table_has_them_too_without_control_codes()
    {
        TaktRun run = TaktRun.Of("inspect", models.Plain, "--tensors").Succeeded();
        foreach (string fact in (string[])["llama", "blk.1.attn_q.weight", "general.name", "2 layers", "128 tokens", "memory need"])
            Assert.Contains(fact, run.Out);
        Assert.DoesNotContain('\e', run.Out);
        Assert.Contains("内存需求", TaktRun.Chinese("", "inspect", models.Plain).Out);
    }

    [Fact]
    public void A_model_of_an_unknown_architecture_can_be_looked_at()
    {
        TaktRun run = TaktRun.Of("inspect", models.Unknown).Succeeded();
        Assert.Contains("martian", run.Out);
        Assert.Contains("cannot be run", run.Error);
        Assert.Contains("qwen3", run.Error);
        Assert.Equal(JsonValueKind.Null, TaktRun.Of("inspect", models.Unknown, "--json").Succeeded().Json.GetProperty("config").ValueKind);
    }

    [Fact]
    public void A_folder_that_is_no_decoder_is_shown_as_it_is_stored()
    {
        string folder = Directory.CreateDirectory(models.File("encoder")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type":"bert","hidden_size":2,"layer_norm_eps":1e-12,"heads":{"a":1}}""");
        byte[] header = """{"w":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]}}"""u8.ToArray();
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);

        JsonElement json = TaktRun.Of("inspect", folder, "--json").Succeeded().Json;
        Assert.Equal("bert", json.GetProperty("architecture").GetString());
        Assert.Equal(2, json.GetProperty("parameters").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("config").ValueKind);
        Assert.Contains("'bert', which is not a known decoder", json.GetProperty("problem").GetString());
        Assert.Equal(2, json.GetProperty("metadata").GetProperty("hidden_size").GetInt32());
        Assert.Equal("w", Assert.Single(json.GetProperty("tensors").EnumerateArray()).GetProperty("name").GetString());
        Assert.Contains("cannot be run", TaktRun.Of("inspect", folder).Succeeded().Error);
        Assert.Contains("not a known decoder", TaktRun.Of("run", folder, "hi").Error);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_in_one_line()
    {
        TaktRun run = TaktRun.Of("inspect", models.Write("notes.txt", "just some notes\n"));
        Assert.Equal(1, run.Code);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        Assert.DoesNotContain("   at ", run.Error);
        Assert.Contains("   at ", TaktRun.Of("inspect", models.File("notes.txt"), "--verbose").Error);
    }
}
