using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Engine.Sampling;

namespace Takt.Engine.Machine;

/// <summary>Measures the operations that work row by row: what a row costs, and what a byte.</summary>
internal static unsafe class RowMeter
{
    private const int Narrow = 64, Wide = 2048, HeadSize = 64, Times = 50;

    /// <summary>Measures every operation under the name of its rate.</summary>
    /// <param name="backend">The tier; one row has one thread.</param>
    public static IReadOnlyList<RowRate> Measure(Backend backend)
    {
        using var memory = new NativeBuffer(4 * Wide * sizeof(float));
        new Span<float>(memory.Floats, 4 * Wide).Fill(0.5f);
        float* x = memory.Floats, y = x + Wide, weight = y + Wide, angles = weight + Wide;
        Rows Row(float* start, int width) => new((nint)start, 1, width, width);

        Rows angle = new((nint)angles, 1, HeadSize, HeadSize);
        return
        [
            Rate("norm", 2, width => backend.RmsNorm(Row(x, width), weight, 1e-5f, Row(y, width))),
            Rate("qk_norm", 2, width => backend.HeadNorm(Row(y, width), HeadSize, weight, 1e-5f)),
            Rate("rope", 2, width => backend.Rope(Row(y, width), HeadSize, HeadSize, interleaved: false, angle)),
            Rate("activation", 3, width => backend.Activate(Activation.SwiGlu, Row(x, width), Row(y, width))),
            Rate("residual", 3, width => backend.AddScaled(Row(x, width), 1e-9f, Row(y, width))),
            Rate("embed", 1.5, width => WeightFormat.F16.Dequantize((byte*)x, y, width)),
            Rate("rope_angles", 1, width =>
            {
                for (int i = 0; i < width; i += 2) (y[i], y[i + 1]) = ((float, float))Math.SinCos(i * 0.1);
            }),
            KvStore(backend, x),
            Rate(CycleGraph.Sample, 1, width => LogitScan.ArgMax(new Span<float>(y, width))),
            .. EngineMeter.Measure(),
        ];
    }

    private static RowRate KvStore(Backend backend, float* x)
    {
        const KvType type = KvType.F16;
        using var memory = new NativeBuffer(2 * KvLayer.HeadBytes(type, HeadSize) * (Wide / HeadSize));
        BatchSlice[] slices = [new BatchSlice(0, 1, 0, new int[1])];
        // Keys and values, read as floats and written as halves.
        return Rate("kv_store", 2 * 1.5, width =>
        {
            var layer = new KvLayer((nint)memory.Bytes, (nint)(memory.Bytes + memory.Length / 2), width / HeadSize, HeadSize, type);
            var row = new Rows((nint)x, 1, width, width);
            backend.KvStore(row, row, slices, layer);
        });
    }

    // Of a line through two widths: where it begins, and how it rises.
    private static RowRate Rate(string op, double touched, Action<int> run)
    {
        double narrow = Rounds.Of(Times, () => run(Narrow)).Median, wide = Rounds.Of(Times, () => run(Wide)).Median;
        double perByte = Math.Max(0, (wide - narrow) / ((Wide - Narrow) * touched * sizeof(float)));
        return new RowRate(op, Math.Max(0, narrow - perByte * Narrow * touched * sizeof(float)), perByte);
    }
}
