using System.Diagnostics;
using Takt.Compute;
using Takt.Compute.Memory;

/// <summary>Speed of attention alone: one row at some depth (GB/s of keys and values), or a prompt's chunk (GMAC/s).</summary>
internal static unsafe class AttentionSpeed
{
    /// <summary>Prints the figures of every depth and number of rows; medians of 9.</summary>
    /// <param name="backend">The backend, with its threads.</param>
    /// <param name="types">How keys and values are stored.</param>
    /// <param name="depths">Tokens before the rows.</param>
    /// <param name="rows">Rows of one sequence.</param>
    /// <param name="heads">Query heads, KV heads, values in a head.</param>
    /// <param name="mebibytes">Keys and values of all layers that one row goes through: few stay in a cache, many do not.</param>
    public static void Print(Backend backend, KvType[] types, int[] depths, int[] rows, (int Query, int Kv, int Size) heads, int mebibytes)
    {
        Console.WriteLine("| KV | depth | rows | GMAC/s | GB/s | us |\n|---|---|---|---|---|---|");
        foreach (KvType type in types)
        {
            foreach (int depth in depths)
            {
                foreach (int count in rows) Measure(backend, type, depth, count, heads, (long)mebibytes << 20);
            }
        }
    }

    private static void Measure(Backend backend, KvType type, int depth, int rows, (int Query, int Kv, int Size) heads, long cacheBytes)
    {
        int[] table = [.. Enumerable.Range(0, (depth + rows + KvLayer.BlockTokens - 1) / KvLayer.BlockTokens)];
        long bytes = table.Length * heads.Kv * KvLayer.HeadBytes(type, heads.Size);
        int layers = rows > 16 ? 1 : (int)Math.Max(1, cacheBytes / (2 * bytes));
        using NativeBuffer cache = new(layers * 2 * bytes), x = Random((depth + rows) * heads.Kv * heads.Size);
        using NativeBuffer q = Random(rows * heads.Query * heads.Size), y = new(q.Length);
        var all = new KvLayer[layers];
        Rows past = Rows(x, depth + rows, heads.Kv * heads.Size);
        for (int i = 0; i < layers; i++)
        {
            all[i] = new((nint)cache.Bytes + i * 2 * (nint)bytes, (nint)cache.Bytes + (i * 2 + 1) * (nint)bytes, heads.Kv, heads.Size, type);
            backend.KvStore(past, past, [new BatchSlice(0, depth + rows, 0, table)], all[i]);
        }

        var shape = new AttentionShape(heads.Query, 1 / MathF.Sqrt(heads.Size), 0, 0, 0);
        var seconds = new double[9];
        for (int repeat = -2; repeat < seconds.Length; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (KvLayer layer in all)
                backend.Attention(Rows(q, rows, heads.Query * heads.Size), [new BatchSlice(0, rows, depth, table)], layer, shape, Rows(y, rows, heads.Query * heads.Size));
            if (repeat >= 0) seconds[repeat] = Stopwatch.GetElapsedTime(start).TotalSeconds / layers;
        }

        Array.Sort(seconds);
        double median = seconds[seconds.Length / 2], macs = 2.0 * rows * (depth + (rows + 1) / 2.0) * heads.Query * heads.Size;
        Console.WriteLine($"| {type} | {depth} | {rows} | {macs / median / 1e9:F1} | {2 * bytes / median / 1e9:F1} | {median * 1e6:F0} |");
    }

    private static Rows Rows(NativeBuffer buffer, int count, int width) => new((nint)buffer.Bytes, count, width, width);

    private static NativeBuffer Random(long count)
    {
        var random = new Random(1);
        var buffer = new NativeBuffer(count * sizeof(float));
        for (long i = 0; i < count; i++) buffer.Floats[i] = random.NextSingle() - 0.5f;
        return buffer;
    }
}
