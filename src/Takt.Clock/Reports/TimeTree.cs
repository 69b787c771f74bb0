namespace Takt.Clock.Reports;

/// <summary>A part of a cycle's mean time, in a tree of stages, groups of layers and operations.</summary>
/// <param name="Depth">0 for a stage, 1 for a group of layers, 2 for an operation; an operation of no layer has 1.</param>
/// <param name="Stage">Its stage; null for what lies between moments.</param>
/// <param name="FirstLayer">First layer of its group; null where there is none.</param>
/// <param name="LastLayer">Last layer of its group.</param>
/// <param name="Op">Its operation; null above operations.</param>
/// <param name="Seconds">Mean time in a cycle.</param>
/// <param name="Share">Share of the cycle's wall time.</param>
public sealed record TimePart(int Depth, Stage? Stage, int? FirstLayer, int? LastLayer, string? Op, double Seconds, double Share);

/// <summary>Where a cycle's time goes, from the whole to its parts, as a flame graph has it.</summary>
public static class TimeTree
{
    private const int Groups = 3;

    /// <summary>The parts, each followed by its own; those of one parent by time, groups of layers in order.</summary>
    public static IReadOnlyList<TimePart> Of(PhaseReport phase)
    {
        ArgumentNullException.ThrowIfNull(phase);
        double wall = ProfiledRun.Seconds(phase.Wall.Sum), cycles = Math.Max(1, phase.Wall.Count);
        int layers = phase.Moments.Select(static moment => moment.Moment.Layer).DefaultIfEmpty(Moment.NoLayer).Max() + 1;
        int groups = Math.Max(1, Math.Min(Groups, layers));
        var parts = new List<TimePart>();

        void Add(int depth, Stage? stage, (int First, int Last)? group, string? op, double seconds) => parts.Add(new TimePart(
            depth, stage, group?.First, group?.Last, op, seconds / cycles, wall > 0 ? seconds / wall : 0));

        void AddOps(int depth, Stage stage, (int, int)? group, IEnumerable<MomentTotals> moments)
        {
            foreach (var op in moments.GroupBy(static moment => moment.Moment.Op).OrderByDescending(Seconds)) Add(depth, stage, group, op.Key, Seconds(op));
        }

        foreach (var stage in phase.Moments.GroupBy(static moment => moment.Moment.Stage).OrderBy(static stage => stage.Key))
        {
            Add(0, stage.Key, null, null, Seconds(stage));
            for (int group = 0; group < groups; group++)
            {
                (int First, int Last) range = (group * layers / groups, (group + 1) * layers / groups - 1);
                MomentTotals[] here = [.. stage.Where(m => m.Moment.Layer >= range.First && m.Moment.Layer <= range.Last && m.Moment.Layer >= 0)];
                if (here.Length == 0) continue;
                Add(1, stage.Key, range, null, Seconds(here));
                AddOps(2, stage.Key, range, here);
            }

            AddOps(1, stage.Key, null, stage.Where(static moment => moment.Moment.Layer == Moment.NoLayer));
        }

        double between = wall - Seconds(phase.Moments);
        if (between > 0) Add(0, null, null, null, between);
        return parts;
    }

    private static double Seconds(IEnumerable<MomentTotals> moments) => ProfiledRun.Seconds(moments.Sum(static moment => moment.Time.Sum));
}
