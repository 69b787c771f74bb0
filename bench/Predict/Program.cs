using System.Diagnostics;
using System.Globalization;
using Takt;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Compute.Blocks;
using Takt.Engine.Machine;
using Takt.Evaluation;
using Takt.Predict;

// How far predicted cycle times are off: predict MODEL [--threads 1,2] [--calibrate q8_0,q4_0] [--longest 512] [--passes 9] [--carry MODEL] [--ops]
// Cycles run in turn over several passes, so that a slow minute of the machine falls on all kinds alike. Each number of threads is fitted
// by itself; with --carry a second model is run, too, which is predicted by the profile and by the factors of the first.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string Option(string name, string other) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : other;
int[] threads = [.. Option("--threads", "1,2").Split(',').Select(int.Parse)];
int longest = int.Parse(Option("--longest", "512")), passes = int.Parse(Option("--passes", "9"));
(CycleShape Shape, bool Fitted)[] kinds =
[
    (CycleShape.Prefill(32), true), (CycleShape.Prefill(longest / 2), true),
    (CycleShape.Prefill(24), false), (CycleShape.Prefill(64), false), (CycleShape.Prefill(longest / 4), false), (CycleShape.Prefill(longest), false),
    (CycleShape.Generation(1, 32), true), (CycleShape.Generation(1, longest), true), (CycleShape.Generation(2, 64), true), (CycleShape.Generation(4, 64), true),
    (CycleShape.Generation(1, 100), false), (CycleShape.Generation(1, longest / 2), false), (CycleShape.Generation(2, 128), false),
    (CycleShape.Generation(3, 64), false), (CycleShape.Generation(6, 32), false), (CycleShape.Generation(8, 32), false),
];
MachineProfile? profile = null;
CostModel first = Run(args[0], null);
if (Option("--carry", "") is { Length: > 0 } other) Run(other, first);

// Samples a model and reports; the cost model that was fitted to it comes back.
CostModel Run(string path, CostModel? carried)
{
    Dictionary<int, TaktModel> models = threads.ToDictionary(
        count => count, count => TaktModel.Open(path, new ModelOptions { Threads = count, MaxSequences = 8, ContextLength = 1024 }));
    TaktModel any = models[threads[^1]];
    profile ??= Profile(any.Tier);
    var samples = new Samples(models, [.. kinds.Select(kind => kind.Shape)]);
    for (int pass = 0; pass < passes; pass++) samples.Take(4);
    Console.WriteLine($"{Path.GetFileName(path)}, {profile.Processor}, {profile.Tier}, unsteadiness {string.Join(" and ", profile.Unsteadiness.Select(one => $"{one.Deviation:P1} ({one.Threads} t)"))}, {passes * 4} repeats, {samples.LeftOut:P1} of cycles left out");
    var alone = new CostModel(any.CycleGraph, profile);
    CostModel fitted = alone.For(any.CycleGraph, profile), after = carried?.For(any.CycleGraph, profile) ?? fitted;
    fitted.Learn(
    [
        .. from count in threads
           from kind in Enumerable.Range(0, kinds.Length)
           where kinds[kind].Fitted
           select (kinds[kind].Shape with { Threads = count }, samples.Median(count, kind)),
    ]);
    foreach (int count in threads)
    {
        var report = new ErrorReport();
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            CycleShape shape = kinds[kind].Shape with { Threads = count };
            report.Add(shape, kinds[kind].Fitted && carried is null, samples.Median(count, kind), alone.Predict(shape), after.Predict(shape));
            if (args.Contains("--ops")) samples.PrintOps(count, kind, new Roofline(profile, any.Graph.WeightBytes), any.CycleGraph);
        }

        report.Print($"{count} threads{(carried is null ? "" : ", factors of the first model")}");
    }

    if (carried is null) PrintCost(any, samples);
    foreach (TaktModel model in models.Values) model.Dispose();
    return fitted;
}

// The profile that was kept, or one of some formats that is measured now and kept.
MachineProfile Profile(string tier)
{
    string formats = Option("--calibrate", "");
    if (formats == "" && MachineFile.OfUser.FindFor(tier, Environment.ProcessorCount) is { } kept) return kept;
    MachineProfile measured = MachineCalibrator.Measure(
        tier, Environment.ProcessorCount, new CalibrationSize(Formats: formats == "" ? null : [.. formats.Split(',').Select(name => WeightFormat.Find(name)!)]));
    MachineFile.OfUser.Keep(measured);
    return measured;
}

// What predicting and learning take of a token, over a text of 1,000 tokens, again and again.
void PrintCost(TaktModel any, Samples samples)
{
    var predictor = new LearningPredictor(new CostModel(any.CycleGraph, profile!), threads[^1]);
    double seconds = samples.Median(threads[^1], Array.FindIndex(kinds, static kind => kind.Shape.Rows == 1));
    const int Tokens = 20_000;
    long start = 0;
    for (int token = -Tokens; token < Tokens; token++)
    {
        if (token == 0) start = Stopwatch.GetTimestamp();
        var work = new CycleWork(0, 1, 1, 1, 1 + Math.Abs(token % 1000), 1);
        predictor.Predict(work);
        predictor.Learn(work, seconds);
    }

    double cost = Stopwatch.GetElapsedTime(start).TotalSeconds / Tokens;
    Console.WriteLine($"  predicting and learning: {cost * 1e6:0.00} us a token, {cost / seconds:P3} of one");
}
