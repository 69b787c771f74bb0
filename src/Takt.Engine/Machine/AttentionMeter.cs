using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Compute;
using Takt.Compute.Memory;

namespace Takt.Engine.Machine;

/// <summary>Measures attention: what a byte of keys and values costs, and what an operation.</summary>
internal static unsafe class AttentionMeter
{
    private const int KvHeads = 8, HeadSize = 64, Tokens = 512, Layers = 24, PromptRows = 256;
    private const int Blocks = Tokens / KvLayer.BlockTokens;

    /// <summary>Measures with one row and with a prompt's.</summary>
    public static AttentionRate[] Measure(Backend backend, KvType type)
    {
        long half = KvHeads * KvLayer.HeadBytes(type, HeadSize) * Blocks;
        // More layers than a cache holds: between two uses of a layer's tokens a model reads all its weights.
        using var memory = new NativeBuffer(2 * half * Layers);
        for (long i = 0; i < memory.Length; i += 4096) memory.Bytes[i] = 0;
        KvLayer Layer(int layer)
        {
            nint keys = (nint)memory.Bytes + (nint)(2 * layer * half);
            return new KvLayer(keys, keys + (nint)half, KvHeads, HeadSize, type);
        }

        string name = type.ToString().ToLowerInvariant();
        // Two equations for two unknowns: as many bytes with once and with eight times as many queries.
        double one = Seconds(backend, Layer, 1, 1, Tokens - 1), eight = Seconds(backend, Layer, 1, 8, Tokens - 1);
        double bytes = 2.0 * half, flops = 4.0 * Tokens * KvHeads * HeadSize;
        double perFlop = Math.Max(0, (eight - one) / (7 * flops)), perByte = Math.Max(0, (one - perFlop * flops) / bytes);
        double prompt = Seconds(backend, Layer, PromptRows, 2, 0);
        double pairs = PromptRows * (PromptRows + 1) / 2.0 + PromptRows * (Roofline.TokensTogether - 1) / 2.0;
        return
        [
            new AttentionRate(name, backend.Team.Threads, Prefill: false, perByte, perFlop),
            new AttentionRate(name, backend.Team.Threads, Prefill: true, 0, prompt / (4.0 * pairs * 2 * KvHeads * HeadSize)),
        ];
    }

    private static double Seconds(Backend backend, Func<int, KvLayer> layer, int rows, int group, int stored)
    {
        int width = KvHeads * group * HeadSize;
        using var queries = new NativeBuffer((long)rows * width * sizeof(float));
        using var output = new NativeBuffer((long)rows * width * sizeof(float));
        new Span<float>(queries.Floats, rows * width).Fill(0.1f);
        var q = new Rows((nint)queries.Floats, rows, width, width);
        var o = new Rows((nint)output.Floats, rows, width, width);
        var shape = new AttentionShape(KvHeads * group, 0.125f, 0, 0, 0);
        int[] blocks = [.. Enumerable.Range(0, Blocks)];
        List<double> seconds = Rounds.Of(() =>
        {
            BatchSlice[] slices = [new BatchSlice(0, rows, stored, blocks)];
            for (int i = 0; i < Layers; i++) backend.Attention(q, slices, layer(i), shape, o);
        });
        return Measured.Of(seconds).Median / Layers;
    }
}
