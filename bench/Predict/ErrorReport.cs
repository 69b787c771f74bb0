using Takt.Clock.Costs;
using Takt.Clock.Graphs;

namespace Takt.Predict;

/// <summary>Predictions beside medians of what was measured.</summary>
internal sealed class ErrorReport
{
    private readonly List<(bool Prefill, bool Fitted, double Measured, Prediction Alone, Prediction After)> _rows = [];

    /// <summary>Adds a kind of cycle and shows it.</summary>
    public void Add(CycleShape shape, bool fitted, double measured, Prediction alone, Prediction after)
    {
        bool prefill = shape.Sequences is [{ Rows: > 1 }];
        _rows.Add((prefill, fitted, measured, alone, after));
        string name = prefill ? $"pp{shape.Rows}" : $"b{shape.Rows} d{shape.Sequences[0].FirstPosition}";
        Console.WriteLine(
            $"  t{shape.Threads} {name,-9} measured {measured * 1e3,8:0.00} ms  profile {alone.Seconds * 1e3,8:0.00} ({alone.Seconds / measured - 1,7:P1})"
            + $"  fitted {after.Seconds * 1e3,8:0.00} ({after.Seconds / measured - 1,7:P1}) [{after.Low * 1e3:0.00}, {after.High * 1e3:0.00}]"
            + $" {(after.Holds(measured) ? "in" : "OUT")} {(fitted ? "(in the fit)" : "")}");
    }

    /// <summary>Shows mean errors and how many medians lay in their interval; of the fit, only of cycles that were not in it.</summary>
    public void Print(string title)
    {
        foreach (bool prefill in (bool[])[true, false])
        {
            var all = _rows.Where(row => row.Prefill == prefill).ToArray();
            var unseen = all.Where(row => !row.Fitted).ToArray();
            Console.WriteLine(
                $"  {title}, {(prefill ? "prefill" : "generation")}: profile alone {all.Average(row => Error(row.Alone, row.Measured)):P1}, inside {all.Count(row => row.Alone.Holds(row.Measured))}/{all.Length};"
                + $" fitted, unseen {unseen.Average(row => Error(row.After, row.Measured)):P1}, inside {unseen.Count(row => row.After.Holds(row.Measured))}/{unseen.Length}");
        }
    }

    private static double Error(Prediction prediction, double measured) => Math.Abs(prediction.Seconds / measured - 1);
}
