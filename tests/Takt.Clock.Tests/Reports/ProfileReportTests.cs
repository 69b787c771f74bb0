using System.Diagnostics;
using System.Text.Json;
using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Reports;

public class ProfileReportTests
{
    private static LedgerSnapshot Recorded()
    {
        static MomentTotals Totals(Stage stage, int layer, string op, params ReadOnlySpan<int> milliseconds)
        {
            var totals = new MomentTotals(new Moment(stage, layer, op));
            foreach (int ms in milliseconds)
            {
                int ticks = (int)(ms * Stopwatch.Frequency / 1000);
                totals.Add(ticks, bytes: 1000, flops: 500, [ticks, ticks / 2]);
            }

            return totals;
        }

        MomentTotals[] moments =
        [
            Totals(Stage.Fetch, Moment.NoLayer, "admit", 1, 1),
            Totals(Stage.Execute, 0, "attention", 10, 10),
            Totals(Stage.Execute, 1, "attention", 20, 20),
            Totals(Stage.Execute, 1, "norm", 4, 4),
            Totals(Stage.WriteBack, Moment.NoLayer, "unused"),
        ];
        var cycles = new Distribution();
        cycles.Add(50 * Stopwatch.Frequency / 1000);
        cycles.Add(50 * Stopwatch.Frequency / 1000);
        return new Ledger().Snapshot() with
        {
            Moments = moments,
            Cycles = cycles,
            MomentTicks = moments.Sum(m => m.Time.Sum),
            BusyTicks = [moments.Sum(m => m.Time.Sum), moments.Sum(m => m.Time.Sum) / 2],
            TokensPublished = 4,
            Energy = new EnergyReading(6, null),
        };
    }

    [Fact]
    public void Rows_are_moments_by_share_and_add_up_to_the_coverage()
    {
        ProfileReport report = ProfileReport.From(Recorded(), ProfileGrouping.Moment);
        Assert.Equal(0.1, report.WallSeconds, 1e-9);
        Assert.Equal(0.7, report.Coverage, 1e-9);
        Assert.Equal(report.Coverage, report.Moments.Sum(m => m.Share), 1e-9);
        Assert.Equal(["attention", "attention", "norm", "admit"], report.Moments.Select(m => m.Op));
        Assert.Equal([1, 0, 1, null], report.Moments.Select(m => m.Layer));
        Assert.Equal((2, 2000, 1000), (report.Moments[0].Calls, report.Moments[0].Bytes, report.Moments[0].Flops));
        Assert.Equal(0.02, report.Moments[0].MeanSeconds, 1e-9);
    }

    [Fact]
    public void Grouping_by_op_joins_layers_and_by_layer_joins_ops()
    {
        ProfileRow attention = ProfileReport.From(Recorded(), ProfileGrouping.Op).Moments[0];
        Assert.Equal(("attention", null, 4L), (attention.Op, attention.Layer, attention.Calls));
        Assert.Equal(0.015, attention.MeanSeconds, 1e-9);
        Assert.Equal(0.005, attention.StandardDeviationSeconds, 1e-9);

        IReadOnlyList<ProfileRow> layers = ProfileReport.From(Recorded(), ProfileGrouping.Layer).Moments;
        Assert.Equal([(Stage.Execute, 1, 4L), (Stage.Execute, 0, 2L), (Stage.Fetch, null, 2L)],
            layers.Select(row => (row.Stage, row.Layer, row.Calls)));
    }

    [Fact]
    public void The_nearer_ceiling_counts()
    {
        var machine = new MachineProfile(1, ReadBytesPerSecond: 200_000, FlopsPerSecond: 50_000);
        ProfileRow row = ProfileReport.From(Recorded(), ProfileGrouping.Moment, machine).Moments[1];
        Assert.Equal(1.0, row.CeilingShare!.Value, 1e-9); // 1000 flops in 20 ms
        Assert.Null(ProfileReport.From(Recorded(), ProfileGrouping.Moment).Moments[1].CeilingShare);
    }

    [Fact]
    public void A_longer_wall_lowers_shares_and_coverage()
    {
        ProfileReport report = ProfileReport.From(Recorded(), ProfileGrouping.Op, wallSeconds: 1);
        Assert.Equal(0.07, report.Coverage, 1e-9);
        Assert.Equal(0.06, report.Moments[0].Share, 1e-9);
    }

    [Fact]
    public void Json_has_the_names_of_the_command_table()
    {
        using var json = JsonDocument.Parse(ProfileReport.From(Recorded(), ProfileGrouping.Moment).ToJson());
        Assert.Equal(
            ["wall_s", "coverage", "wait_share", "outliers", "energy_j", "energy_unavailable", "energy_per_token_j", "moments"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
        JsonElement row = json.RootElement.GetProperty("moments")[0];
        Assert.Equal(
            ["stage", "layer", "op", "calls", "mean_s", "stddev_s", "p50_s", "p99_s", "share", "bytes", "flops", "ceiling_share",
             "p90_s", "p999_s", "max_s", "wait_share", "imbalance", "energy_j"],
            row.EnumerateObject().Select(p => p.Name));
        Assert.Equal("execute", row.GetProperty("stage").GetString());
        Assert.Equal(1, row.GetProperty("layer").GetInt32());
    }

    [Fact]
    public void Waits_and_energy_are_shared_out_by_what_threads_did()
    {
        ProfileReport report = ProfileReport.From(Recorded(), ProfileGrouping.Moment);
        Assert.Equal(0.25, report.WaitShare, 1e-9); // the second thread works half of the time
        Assert.All(report.Moments, row => Assert.Equal((0.25, 4.0 / 3), (row.WaitShare, row.Imbalance)));
        Assert.Equal((6.0, 1.5), (report.EnergyJoules!.Value, report.JoulesPerToken!.Value));
        Assert.Equal(6.0, report.Moments.Sum(row => row.EnergyJoules!.Value), 1e-9);
        Assert.Equal(6.0 * 40 / 70, report.Moments[0].EnergyJoules!.Value, 1e-9);
    }

    [Fact]
    public void Energy_that_cannot_be_read_is_left_out_with_the_reason()
    {
        ProfileReport report = ProfileReport.From(
            Recorded() with { Energy = new EnergyReading(null, "no counters") }, ProfileGrouping.Moment);
        Assert.Equal((null, "no counters", null), (report.EnergyJoules, report.EnergyUnavailable, report.JoulesPerToken));
        Assert.All(report.Moments, row => Assert.Null(row.EnergyJoules));
    }

    [Fact]
    public void Text_before_cycles_belongs_to_the_wall()
    {
        ProfileReport report = ProfileReport.From(Recorded() with { OutsideTicks = Stopwatch.Frequency / 10 }, ProfileGrouping.Moment);
        Assert.Equal((0.2, 0.85), (report.WallSeconds, report.Coverage));
    }

    [Fact]
    public void Nothing_recorded_gives_an_empty_report()
    {
        ProfileReport report = ProfileReport.From(new Ledger().Snapshot(), ProfileGrouping.Op);
        Assert.Equal((0.0, 0.0), (report.WallSeconds, report.Coverage));
        Assert.Empty(report.Moments);
    }
}
