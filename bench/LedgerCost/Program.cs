using System.Diagnostics;
using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Models;

// What the ledger costs: one token after the other without a probe, with the ledger, without, with ... at the same position.
//   dotnet run -c Release --project bench/LedgerCost -- MODEL.gguf [PAIRS] [THREADS] [DEPTH]
// Medians over all tokens of a kind, and the median of the pairs' differences.
int pairs = args.Length > 1 ? int.Parse(args[1]) : 1000;
int threads = args.Length > 2 ? int.Parse(args[2]) : Environment.ProcessorCount;
int depth = args.Length > 3 ? int.Parse(args[3]) : 100;

using var team = new Team(threads);
using ModelFile file = ModelFiles.Open(args[0]);
using Backend backend = Backends.Create(team);
using var model = new Transformer(file, backend);
using KvCache cache = model.CreateCache(depth / KvCache.BlockTokens + 1, KvType.F16, depth + 1);
var ledger = new Ledger();
model.Register(ledger);
var batch = new Batch();
batch.Tokens.Add(1);
batch.Slices.Add(new BatchSlice(0, 1, depth, [.. Enumerable.Range(0, cache.Blocks)]));
batch.OutputRows.Add(0);

bool turn = false;
for (int i = 0; i < 50; i++) Pair();
(double Without, double With)[] times = [.. Enumerable.Range(0, pairs).Select(_ => Pair())];
double without = Median(times.Select(pair => pair.Without)), with = Median(times.Select(pair => pair.With));
double difference = Median(times.Select(pair => pair.With - pair.Without));
int moments = ledger.Trace()[^1].Moments.Count;
Console.WriteLine($"{Path.GetFileName(args[0])}, {backend.Name}, {threads} threads, {moments} moments a token, {pairs} pairs");
Console.WriteLine($"without {without * 1e6:F1} us, with {with * 1e6:F1} us: {(with / without - 1) * 100:F2} %; pairs differ by {difference * 1e6:F1} us, {difference / without * 100:F2} %");

// Which of the two comes first changes from pair to pair, so that being second is no advantage.
(double Without, double With) Pair()
{
    turn = !turn;
    double first = turn ? Without() : With(), second = turn ? With() : Without();
    return turn ? (first, second) : (second, first);
}

double Without()
{
    long start = Stopwatch.GetTimestamp();
    NoProbe none = default;
    model.Forward(batch, cache, ref none);
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}

double With()
{
    long start = Stopwatch.GetTimestamp();
    CycleProbe probe = ledger.Begin();
    model.Forward(batch, cache, ref probe);
    ledger.End(ref probe, new CycleWork(0, 1, 1, 1, depth + 1, depth + 1), 1);
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted[sorted.Length / 2];
}
