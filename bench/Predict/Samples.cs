using System.Diagnostics;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Evaluation;

namespace Takt.Predict;

/// <summary>Cycles that ran, by threads and kind.</summary>
internal sealed class Samples(Dictionary<int, TaktModel> models, CycleShape[] shapes)
{
    private readonly Dictionary<(int Threads, int Kind), List<CycleTrace>> _taken = [];
    private int _all, _left;

    /// <summary>The share of cycles that were not counted, because the ledger took them for outliers.</summary>
    public double LeftOut => (double)_left / Math.Max(1, _all);

    /// <summary>Runs every kind with every number of threads.</summary>
    public void Take(int repeats)
    {
        for (int kind = 0; kind < shapes.Length; kind++)
        {
            foreach ((int threads, TaktModel model) in models)
            {
                HashSet<long> cycles = [.. new CycleMeter(model.Engine).Measure(shapes[kind], repeats).Select(cycle => cycle.Number)];
                if (!_taken.TryGetValue((threads, kind), out List<CycleTrace>? list)) _taken[(threads, kind)] = list = [];
                CycleTrace[] ran = [.. model.Engine.Ledger.Trace().Where(trace => cycles.Contains(trace.Cycle.Number))];
                CycleTrace[] quiet = [.. ran.Where(trace => !trace.Cycle.IsOutlier)];
                (_all, _left) = (_all + ran.Length, _left + ran.Length - quiet.Length);
                list.AddRange(quiet);
            }
        }
    }

    /// <summary>The median wall time of a kind.</summary>
    public double Median(int threads, int kind) => Measured.Of([.. _taken[(threads, kind)].Select(trace => trace.Cycle.WallSeconds)]).Median;

    /// <summary>Shows operations that take more than half a per cent of a cycle, beside what the profile says of them.</summary>
    public void PrintOps(int threads, int kind, Roofline roofline, ModelGraph graph)
    {
        double wall = Median(threads, kind);
        foreach (IGrouping<string, MomentSpan> op in _taken[(threads, kind)].SelectMany(trace => trace.Moments).GroupBy(span => span.Moment.Op))
        {
            double measured = Measured.Of([.. _taken[(threads, kind)].Select(trace =>
                trace.Moments.Where(span => span.Moment.Op == op.Key).Sum(span => (double)span.Ticks) / Stopwatch.Frequency)]).Median;
            double predicted = graph.Moments.Where(moment => moment.Moment.Op == op.Key)
                .Sum(moment => roofline.Cost(moment, shapes[kind] with { Threads = threads }).Seconds);
            if (measured > wall * 0.005) Console.WriteLine($"      {op.Key,-18} {measured * 1e6,9:0} us, predicted {predicted * 1e6,9:0}  ({predicted / measured:0.00})");
        }
    }
}
