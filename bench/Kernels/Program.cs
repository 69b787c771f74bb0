using System.Diagnostics;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

// Speed of the products with packed matrices, by format and number of activation rows:
//   dotnet run -c Release --project bench/Kernels -- [FORMATS] [ROWS] [THREADS] [TIER] [STREAMS,PREFETCH]
// FORMATS and ROWS are lists with commas. One row reads 256 MiB of weights (GB/s is the figure to look at), many rows use one
// layer's worth (GMAC/s). Medians of 7. Attention, with heads as QUERY/KV/SIZE and the size of the cache for one row:
//   dotnet run -c Release --project bench/Kernels -- attention [TYPES] [DEPTHS] [ROWS] [THREADS] [TIER] [HEADS] [MIB]
if (args is ["attention", ..])
{
    string Argument(int index, string otherwise) => args.Length > index ? args[index] : otherwise;
    int[] heads = Numbers(Argument(6, "16/8/128"), '/');
    using var attentionTeam = new Team(int.Parse(Argument(4, Environment.ProcessorCount.ToString())));
    using Backend attention = Backends.Create(attentionTeam, Argument(5, ""));
    KvType[] types = [.. Argument(1, "F16,Q8_0,F32,BF16").Split(',').Select(name => Enum.Parse<KvType>(name, ignoreCase: true))];
    AttentionSpeed.Print(
        attention, types, Numbers(Argument(2, "4096"), ','), Numbers(Argument(3, "1,8,512"), ','), (heads[0], heads[1], heads[2]),
        int.Parse(Argument(7, "256")));
    return;
}

static int[] Numbers(string list, char separator) => [.. list.Split(separator).Select(int.Parse)];

string[] formats = args.Length > 0 ? args[0].Split(',') : [.. WeightFormat.All.Select(format => format.Name)];
int[] rowCounts = args.Length > 1 ? [.. args[1].Split(',').Select(int.Parse)] : [1, 4, 8, 512];
int threads = args.Length > 2 ? int.Parse(args[2]) : Environment.ProcessorCount;
if (args.Length > 4)
{
    int[] tuning = [.. args[4].Split(',').Select(int.Parse)];
    KernelTuning.Current = KernelTuning.Current with { Streams = tuning[0], PrefetchBytes = tuning[1] };
}

using var team = new Team(threads);
using Backend backend = Backends.Create(team, args.Length > 3 && args[3].Length > 0 ? args[3] : null);
Console.WriteLine($"tier {backend.Name}, {threads} threads");
Console.WriteLine("| format | rows | GMAC/s | GB/s | us |\n|---|---|---|---|---|");
foreach (string name in formats)
{
    foreach (int rows in rowCounts) Measure(WeightFormat.Find(name)!, rows);
}

unsafe void Measure(WeightFormat format, int rows)
{
    const int Outputs = 3072, Inputs = 1024;
    long matrixBytes = (long)Outputs * Inputs / format.BlockValues * format.BlockBytes;
    int count = rows > 16 ? 2 : (int)Math.Max(2, (256L << 20) / matrixBytes);
    using var source = new NativeBuffer(matrixBytes);
    Fill(format, source, (long)Outputs * Inputs);
    var matrices = new Matrix[count];
    for (int i = 0; i < count; i++) matrices[i] = backend.Load(format, (nint)source.Bytes, Outputs, Inputs);
    using NativeBuffer x = new((long)rows * Inputs * sizeof(float)), y = new((long)rows * Outputs * sizeof(float));
    var random = new Random(2);
    for (long i = 0; i < (long)rows * Inputs; i++) x.Floats[i] = (float)random.NextDouble() - 0.5f;
    Rows input = new((nint)x.Bytes, rows, Inputs, Inputs), output = new((nint)y.Bytes, rows, Outputs, Outputs);
    var seconds = new double[7];
    for (int repeat = -2; repeat < seconds.Length; repeat++)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Matrix matrix in matrices) backend.MatMul([new Projection(matrix, input, output)]);
        if (repeat >= 0) seconds[repeat] = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    Array.Sort(seconds);
    double median = seconds[seconds.Length / 2], macs = (double)count * rows * Outputs * Inputs, bytes = count * (double)matrices[0].Bytes;
    Console.WriteLine($"| {format.Name} | {rows} | {macs / median / 1e9:F1} | {bytes / median / 1e9:F1} | {median / count * 1e6:F0} |");
    foreach (Matrix matrix in matrices) matrix.Dispose();
}

static unsafe void Fill(WeightFormat format, NativeBuffer target, long values)
{
    var random = new Random(1);
    var floats = new float[1 << 16];
    for (int i = 0; i < floats.Length; i++) floats[i] = (float)(random.NextDouble() - 0.5) * 0.1f;
    long bytes = format.Bytes(floats.Length);
    fixed (float* from = floats)
    {
        for (long k = 0; k < values; k += floats.Length) format.Quantize(from, target.Bytes + k / floats.Length * bytes, floats.Length);
    }
}
