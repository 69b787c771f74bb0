using System.Globalization;
using Takt;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Engine.Machine;
using Takt.Evaluation;

// How far predicted cycle times are off: predict THREADS MODEL...
// Medians of 11 repeats of every cycle. Before the fit: the profile alone. After it: cycles that were not fitted.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int threads = int.Parse(args[0]);
const int Repeats = 11;
foreach (string path in args[1..])
{
    using TaktModel model = TaktModel.Open(path, new ModelOptions { Threads = threads, MaxSequences = 8, ContextLength = 1100 });
    int most = MachineFile.OfUser.Find(model.Tier, Environment.ProcessorCount) is null ? threads : Environment.ProcessorCount;
    MachineProfile profile = MachineFile.OfUser.Find(model.Tier, most) ?? MachineCalibrator.Measure(model.Tier, threads);
    MachineFile.OfUser.Keep(profile);
    var meter = new CycleMeter(model.Engine);
    (string Name, CycleShape Shape, bool Fitted, Func<IReadOnlyList<double>> Run)[] cycles =
    [
        Prefill(64, true), Prefill(400, true), Prefill(32, false), Prefill(128, false), Prefill(256, false), Prefill(512, false),
        Generation(1, 32, true), Generation(1, 900, true), Generation(4, 64, true),
        Generation(1, 128, false), Generation(1, 512, false), Generation(2, 100, false), Generation(8, 64, false), Generation(8, 400, false),
    ];
    var measured = cycles.Select(cycle => (cycle.Name, cycle.Shape, cycle.Fitted, Samples: cycle.Run(), Time: 0.0)).ToArray();
    for (int i = 0; i < measured.Length; i++) measured[i].Time = Measured.Of([.. measured[i].Samples]).Median;
    var cost = new CostModel(model.Graph, profile);
    Prediction[] before = [.. measured.Select(cycle => cost.Predict(cycle.Shape))];
    cost.Learn([.. measured.Where(cycle => cycle.Fitted).Select(cycle => (cycle.Shape, cycle.Time))]);

    Console.WriteLine($"{Path.GetFileName(path)}, {threads} threads, {profile.Processor}, {profile.Tier}");
    for (int i = 0; i < measured.Length; i++)
    {
        Prediction after = cost.Predict(measured[i].Shape);
        int inside = measured[i].Samples.Count(s => s >= after.Low && s <= after.High);
        Console.WriteLine(
            $"  {measured[i].Name,-14} measured {measured[i].Time * 1e3,8:0.00} ms  profile {Off(before[i], measured[i].Time)}  fitted {Off(after, measured[i].Time)}"
            + $"  [{after.Low * 1e3:0.00}, {after.High * 1e3:0.00}] holds {inside}/{measured[i].Samples.Count}{(measured[i].Fitted ? "  (in the fit)" : "")}");
    }

    foreach (bool prefill in (bool[])[true, false])
    {
        int[] kind = [.. Enumerable.Range(0, measured.Length).Where(i => measured[i].Name.StartsWith("pp", StringComparison.Ordinal) == prefill)];
        double alone = kind.Average(i => Error(before[i], measured[i].Time));
        double fitted = kind.Where(i => !measured[i].Fitted).Average(i => Error(cost.Predict(measured[i].Shape), measured[i].Time));
        Console.WriteLine($"  MAPE {(prefill ? "prefill" : "generation")}: profile alone {alone:P1}, fitted {fitted:P1}");
    }

    (string, CycleShape, bool, Func<IReadOnlyList<double>>) Prefill(int rows, bool fitted) =>
        ($"pp{rows}", CycleShape.Prefill(rows) with { Threads = threads }, fitted, () => meter.Prefill(rows, Repeats));

    (string, CycleShape, bool, Func<IReadOnlyList<double>>) Generation(int sequences, int stored, bool fitted) =>
        ($"tg b{sequences} d{stored}", CycleShape.Generation(sequences, stored) with { Threads = threads }, fitted, () => meter.Generation(sequences, stored, Repeats));
}

static double Error(Prediction prediction, double measured) => Math.Abs(prediction.Seconds / measured - 1);

static string Off(Prediction prediction, double measured) => $"{prediction.Seconds * 1e3,8:0.00} ({(prediction.Seconds / measured - 1) * 100,6:+0.0;-0.0} %)";
