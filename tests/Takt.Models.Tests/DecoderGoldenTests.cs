using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Formats.Safetensors;
using Takt.Models.HuggingFace;
using Takt.Testing;

namespace Takt.Models.Tests;

/// <summary>Decoders against PyTorch: logits of every position and greedy continuations of small random models.</summary>
public sealed unsafe class DecoderGoldenTests
{
    private static readonly Team Team = new(2);

    public static TheoryData<string> Folders =>
    [
        "llama", "llama-rope-llama3-tied", "llama-rope-yarn", "mistral-sliding", "qwen2", "qwen3", "qwen3-moe", "mixtral", "gemma2",
        "gemma3", "phi3", "gpt2", "smollm3", "granite", "glm4", "gpt-oss",
    ];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Logits_and_greedy_ids_are_those_of_the_original(string name)
    {
        string folder = SharedData.Path("models", "tiny", name);
        using ModelFile golden = SafetensorsReader.Open(Path.Combine(folder, "golden.safetensors"));
        int[] ids = Integers(golden, "input_ids");
        Tensor expected = golden.Find("logits")!;
        foreach (string tier in Backends.Supported)
        {
            using ModelFile view = OpenFolder(folder);
            using Backend backend = Backends.Create(Team, tier);
            using var model = new Transformer(view, backend);
            float[] logits = Logits(model, ids, 0, ids.Length);
            double error = RelativeRms(new ReadOnlySpan<float>((void*)expected.Data, (int)expected.Count), logits);
            Assert.True(error <= 1e-5, $"{tier}: relative RMS {error}");
            int[] greedy = Integers(golden, "greedy_from_first_8");
            int first = greedy.AsSpan(0, 8).SequenceEqual(ids.AsSpan(0, 8)) ? 8 : 0;
            Assert.Equal(greedy[first..], Greedy(model, ids[..8], greedy.Length - first));
        }
    }

    [Fact]
    public void Chunked_prefill_gives_the_same_bits()
    {
        string folder = SharedData.Path("models", "tiny", "gemma3");
        using ModelFile golden = SafetensorsReader.Open(Path.Combine(folder, "golden.safetensors"));
        using ModelFile view = OpenFolder(folder);
        using Backend backend = Backends.Create(Team);
        using var model = new Transformer(view, backend);
        int[] ids = Integers(golden, "input_ids");
        Assert.Equal(Logits(model, ids, 0, ids.Length), Logits(model, ids, 0, 7));
    }

    private static ModelFile OpenFolder(string folder) => HuggingFaceModel.Open(new HuggingFaceFolder(folder));

    private static int[] Integers(ModelFile file, string name)
    {
        Tensor tensor = file.Find(name)!;
        return [.. new ReadOnlySpan<long>((void*)tensor.Data, (int)tensor.Count).ToArray().Select(id => (int)id)];
    }

    private static float[] Logits(Transformer model, int[] ids, int first, int chunk)
    {
        using KvCache cache = model.CreateCache(4, KvType.F32, 128);
        var all = new List<float>();
        for (int start = first; start < ids.Length; start += chunk)
        {
            int count = Math.Min(chunk, ids.Length - start);
            all.AddRange(Run(model, cache, ids.AsSpan(start, count), start, [.. Enumerable.Range(0, count)]));
        }

        return [.. all];
    }

    private static int[] Greedy(Transformer model, int[] prompt, int count)
    {
        using KvCache cache = model.CreateCache(4, KvType.F32, 128);
        var result = new int[count];
        int[] next = prompt;
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            float[] logits = Run(model, cache, next, position, [next.Length - 1]);
            position += next.Length;
            result[i] = Array.IndexOf(logits, logits.Max());
            next = [result[i]];
        }

        return result;
    }

    private static float[] Run(Transformer model, KvCache cache, ReadOnlySpan<int> ids, int position, int[] outputs)
    {
        var batch = new Batch();
        batch.Tokens.AddRange(ids.ToArray());
        batch.Slices.Add(new(0, ids.Length, position, [3, 1, 0, 2]));
        batch.OutputRows.AddRange(outputs);
        NoProbe probe = default;
        return model.Forward(batch, cache, ref probe).ToArray();
    }

    private static double RelativeRms(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double error = 0, power = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow((double)expected[i] - actual[i], 2);
            power += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(error / power);
    }
}
