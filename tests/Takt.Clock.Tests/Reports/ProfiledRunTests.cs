using System.Text;
using System.Text.Json;
using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Reports;

public sealed class ProfiledRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-reports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Phases_are_told_apart_and_their_shares_add_up_to_what_moments_explain()
    {
        ProfiledRun run = SampleRun.Record();
        Assert.Equal([(Phase.Prefill, 1L, 5L), (Phase.Generation, 20L, 20L)], run.Phases.Select(phase => (phase.Phase, phase.Wall.Count, phase.Rows)));
        foreach (PhaseReport phase in run.Phases)
        {
            foreach (ProfileGrouping grouping in Enum.GetValues<ProfileGrouping>())
            {
                ProfileReport report = phase.Report(grouping);
                Assert.Equal(report.Coverage, report.Moments.Sum(row => row.Share), 1e-9);
            }

            Assert.Equal(phase.All.Coverage, phase.PerCycle.Sum(op => op.Cycles * op.MeanSeconds) / phase.All.WallSeconds, 1e-9);
        }
    }

    [Fact]
    public void The_tree_of_a_cycle_adds_up_at_every_depth()
    {
        PhaseReport phase = SampleRun.Record().Phases[1];
        IReadOnlyList<TimePart> parts = TimeTree.Of(phase);
        Assert.Equal(1, parts.Where(part => part.Depth == 0).Sum(part => part.Share), 1e-9);
        Assert.Equal(phase.CycleSeconds, parts.Where(part => part.Depth == 0).Sum(part => part.Seconds), 1e-12);
        foreach (TimePart group in parts.Where(part => part is { Depth: 1, Op: null }))
            Assert.Equal(group.Share, parts.Where(part => part.Depth == 2 && part.FirstLayer == group.FirstLayer).Sum(part => part.Share), 1e-9);
        Assert.Equal([(0, 1), (2, 3), (4, 5)], parts.Where(part => part is { Depth: 1, Op: null }).Select(part => (part.FirstLayer!.Value, part.LastLayer!.Value)));
    }

    [Fact]
    public void A_run_is_no_different_from_itself()
    {
        ProfiledRun run = SampleRun.Record();
        IReadOnlyList<ComparedOp> rows = ProfileComparison.Of(ProfileBaseline.Read(Keep(run)), run);
        Assert.Contains(rows, row => row is { Phase: Phase.Generation, Op: "cycle" });
        Assert.All(rows, row => Assert.False(row.Significant));
        Assert.All(rows.Where(row => row.Before > 0), row => Assert.Equal(1, row.Ratio!.Value, 1e-9));
        // One cycle has no deviation to judge by.
        Assert.All(rows.Where(row => row.Phase == Phase.Prefill), row => Assert.Null(row.Probability));
    }

    [Fact]
    public void A_change_is_found_where_it_is()
    {
        ProfiledRun run = SampleRun.Record();
        ProfileBaseline before = ProfileBaseline.Read(Keep(run));
        PhaseSummary generation = before.Phases[1];
        OpTime[] former = [.. generation.PerCycle.Select(op => op with
        {
            MeanSeconds = op.Op == "down" ? 2 * op.MeanSeconds : op.MeanSeconds,
            StandardDeviationSeconds = op.MeanSeconds / 100,
        }), new OpTime(Stage.Execute, "gone", 20, 1, 0)];
        IReadOnlyList<ComparedOp> rows = ProfileComparison.Of(before with { Phases = [generation with { PerCycle = former }] }, run);
        Assert.Equal(0.5, rows.Single(row => row.Op == "down").Ratio!.Value, 1e-9);
        Assert.Equal((1.0, null, false), rows.Where(row => row.Op == "gone").Select(row => (row.Before!.Value, row.After, row.Significant)).Single());
        Assert.DoesNotContain(rows, row => row.Phase == Phase.Prefill);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"wall_s\":1,\"moments\":[]}")]
    [InlineData("{\"phases\":[]}")]
    [InlineData("{\"phases\":[null]}")]
    [InlineData("{\"phases\":[{\"phase\":\"generation\",\"cycles\":1,\"mean_s\":1,\"stddev_s\":0,\"per_cycle\":null}]}")]
    [InlineData("{\"phases\":[{\"phase\":\"generation\",\"cycles\":0,\"mean_s\":1,\"stddev_s\":0,\"per_cycle\":[]}]}")]
    [InlineData("{\"phases\":[{\"phase\":\"lunch\",\"cycles\":1,\"mean_s\":1,\"stddev_s\":0,\"per_cycle\":[]}]}")]
    public void What_is_no_report_is_refused(string content)
    {
        string file = Path.Combine(_folder, "wrong.json");
        File.WriteAllText(file, content);
        Assert.Contains("is not a report of takt profile", Assert.Throws<InvalidDataException>(() => ProfileBaseline.Read(file)).Message);
    }

    [Fact]
    public void Csv_has_a_row_for_every_moment_of_every_phase()
    {
        ProfiledRun run = SampleRun.Record();
        using var stream = new MemoryStream();
        ProfileCsv.Write(stream, run);
        string[][] lines = [.. Encoding.UTF8.GetString(stream.ToArray()).TrimEnd().Split("\r\n").Select(line => line.Split(','))];
        Assert.Equal(1 + 2 * 14, lines.Length);
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
        Assert.Equal(["phase", "stage", "layer", "op"], lines[0][..4]);
    }

    [Theory]
    [InlineData(0.9, 0.1, Limit.Memory)]
    [InlineData(0.1, 0.9, Limit.Compute)]
    [InlineData(0.2, 0.1, Limit.Overhead)]
    public void The_limit_follows_from_the_nearer_ceiling(double memory, double compute, Limit expected)
    {
        PhaseReport phase = Busy();
        double seconds = phase.All.WallSeconds;
        double bytes = phase.Moments.Sum(m => m.Bytes), flops = phase.Moments.Sum(m => m.Flops);
        var machine = new MachineProfile(1, bytes / seconds / memory, flops / seconds / compute);
        Diagnosis diagnosis = Diagnosis.Of(phase, machine);
        Assert.Equal(expected, diagnosis.Limit);
        Assert.Contains($"{Math.Max(memory, compute) * 100:0} %", diagnosis.Text.En);
        Assert.Contains($"{Math.Max(memory, compute) * 100:0} %", diagnosis.Text.Zh);
    }

    [Fact]
    public void Threads_that_wait_are_the_limit_whatever_the_ceilings() =>
        Assert.Equal(Limit.Waiting, Diagnosis.Of(SampleRun.Record().Phases[1], new MachineProfile(2, 1, 1)).Limit);

    // One thread that never waits.
    private static PhaseReport Busy()
    {
        var ledger = new Ledger();
        int op = ledger.Register(Stage.Execute, 0, "down");
        CycleProbe probe = ledger.Begin();
        Thread.SpinWait(1000);
        probe.Edge(op, 1_000_000, 5_000_000);
        ledger.End(ref probe, new CycleWork(0, 1, 1, 1, 1, 1));
        return new ProfiledRun("busy", ledger, null).Phases[0];
    }

    private string Keep(ProfiledRun run)
    {
        string file = Path.Combine(_folder, "run.json");
        using FileStream stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        ProfileJson.Write(json, run, ProfileGrouping.Moment);
        json.WriteEndObject();
        return file;
    }
}
