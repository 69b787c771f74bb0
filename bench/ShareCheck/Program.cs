using System.Diagnostics;
using System.Globalization;
using Takt;
using Takt.Bench.ShareCheck;
using Takt.Clock;

// Shares of operations by the ledger beside those by perf, which knows nothing of it: generation only, after a warm-up.
//   dotnet run -c Release --project bench/ShareCheck -- MODEL [THREADS] [RUNS] [TOKENS]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Environment.GetEnvironmentVariable("DOTNET_PerfMapEnabled") is null) return Again();
int threads = args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount;
int runs = args.Length > 2 ? int.Parse(args[2]) : 3, tokens = args.Length > 3 ? int.Parse(args[3]) : 300;
using TaktModel model = TaktModel.Open(args[0], new ModelOptions { Threads = threads });
Generate(64); // everything is compiled after it, and once more by what was learnt of it
Generate(64);

var shares = new List<(double[] Ledger, double[] Perf)>();
var left = new Dictionary<string, int>();
int samples = 0, unassigned = 0, waiting = 0;
double coverage = 1;
for (int run = 0; run < runs; run++)
{
    using var sampler = new Sampler();
    Generate(tokens, () => // the prompt has been read
    {
        sampler.Start();
        model.Engine.Ledger.Reset();
    });
    LedgerSnapshot generation = model.Engine.Ledger.Snapshot();
    IReadOnlyList<Sample> taken = sampler.Stop();
    coverage = Math.Min(coverage, (double)generation.MomentTicks / generation.Cycles.Sum);
    int[] counts = new int[Operations.Names.Length];
    foreach (Sample sample in taken)
    {
        if (Operations.OfSample(sample) is { } op) counts[op]++;
        else if (Operations.Waits(sample)) waiting++;
        else
        {
            unassigned++;
            string from = $"{sample.Symbol} ({sample.Module})";
            left[from] = left.GetValueOrDefault(from) + 1;
        }
    }

    long[] busy = new long[Operations.Names.Length];
    foreach (MomentTotals moment in generation.Moments)
    {
        if (Operations.OfMoment(moment.Moment.Op) is { } op) busy[op] += moment.BusyTicks;
    }

    samples += counts.Sum();
    shares.Add((Shares([.. busy.Select(static ticks => (double)ticks)]), Shares([.. counts.Select(static count => (double)count)])));
}

Console.WriteLine($"{Path.GetFileName(args[0])}, {model.Tier}, {threads} threads, {runs} runs of {tokens} tokens; {samples} samples in operations, {waiting} while threads waited, {unassigned} elsewhere");
Console.WriteLine($"moments and waits explain {coverage:P2} of the cycles of the worst run");
Console.WriteLine("| | perf, % | ledger, % | difference, points |\n|---|---|---|---|");
double worst = 0;
for (int op = 0; op < Operations.Names.Length; op++)
{
    double perf = shares.Average(run => run.Perf[op]) * 100, ledger = shares.Average(run => run.Ledger[op]) * 100;
    worst = Math.Max(worst, Math.Abs(perf - ledger));
    Console.WriteLine($"| {Operations.Names[op]} | {perf:0.0} | {ledger:0.0} | {ledger - perf:+0.0;-0.0} |");
}

Console.WriteLine($"largest difference {worst:0.0} points");
foreach ((string symbol, int count) in left.OrderByDescending(static entry => entry.Value).Take(8)) Console.WriteLine($"  elsewhere: {count} {symbol}");
return worst <= 3 ? 0 : 1;

// The runtime writes down where its code lies only when it was told so before its start.
static int Again()
{
    var start = new ProcessStartInfo(Environment.ProcessPath!);
    if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(Sampler).Assembly.Location);
    foreach (string arg in Environment.GetCommandLineArgs()[1..]) start.ArgumentList.Add(arg);
    start.Environment["DOTNET_PerfMapEnabled"] = "1";
    start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // perf takes names for code of no file only
    using Process process = Process.Start(start)!;
    process.WaitForExit();
    return process.ExitCode;
}

void Generate(int count, Action? onFirst = null)
{
    foreach (string _ in model.Generate("Once upon a time", new GenerationOptions { MaxTokens = count, IgnoreStopTokens = true }))
    {
        onFirst?.Invoke();
        onFirst = null;
    }
}

static double[] Shares(double[] values)
{
    double sum = Math.Max(double.Epsilon, values.Sum());
    return [.. values.Select(value => value / sum)];
}
