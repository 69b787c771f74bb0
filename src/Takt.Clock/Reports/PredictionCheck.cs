namespace Takt.Clock.Reports;

/// <summary>How far what was predicted of cycles lay from what they took.</summary>
/// <param name="Cycles">Cycles that were predicted.</param>
/// <param name="MeanError">The mean of |predicted / measured - 1|.</param>
/// <param name="Inside">The share of cycles that lay in their interval, which should hold nine of ten.</param>
public sealed record PredictionCheck(int Cycles, double MeanError, double Inside)
{
    /// <summary>Of cycles as they were recorded; null where none of them was predicted.</summary>
    public static PredictionCheck? Of(IEnumerable<CycleRecord> cycles)
    {
        int count = 0, inside = 0;
        double error = 0;
        foreach (CycleRecord cycle in cycles)
        {
            if (cycle.Prediction is not { } said || cycle.WallTicks <= 0) continue;
            count++;
            error += Math.Abs(said.Seconds / cycle.WallSeconds - 1);
            if (said.Holds(cycle.WallSeconds)) inside++;
        }

        return count == 0 ? null : new PredictionCheck(count, error / count, (double)inside / count);
    }
}
