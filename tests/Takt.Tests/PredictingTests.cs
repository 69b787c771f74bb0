using Takt.Clock;
using Takt.Clock.Graphs;

namespace Takt.Tests;

/// <summary>That a model's cycles are predicted before they run.</summary>
public class PredictingTests(TinyModel models)
{
    private static readonly MachineProfile _profile = new(1, 1e9, 1e10)
    {
        Tier = "any",
        Products = [new("any", "f32", 1, 1, false, new Measured(1e9, 2e9, 0.1), 1e9)],
        Attentions = [new("f32", 1, false, 1e-9, 1e-10), new("f32", 1, true, 0, 1e-10)],
        RowRates = [new("norm", 1e-8, 1e-9)],
        Barriers = [new(1, default)],
    };

    private TaktModel Open() => TaktModel.Open(models.Plain, new ModelOptions { Threads = 1 });

    private static IReadOnlyList<CycleRecord> Run(TaktModel model)
    {
        model.Generate([1, 2, 3], new GenerationOptions { MaxTokens = 20, IgnoreStopTokens = true }, TestContext.Current.CancellationToken).ToEnd();
        return model.Engine.Ledger.Snapshot().Recent;
    }

    [Fact]
    public async Task Only_a_calibrated_machine_predicts()
    {
        using TaktModel model = Open();
        bool predicts = await model.Predicting;
        Assert.Equal(MachineFile.OfUser.FindFor(model.Tier, 1) is not null, predicts);
        Assert.All(Run(model), cycle => Assert.Equal(predicts, cycle.Prediction is not null));
    }

    [Fact]
    public async Task Every_cycle_has_its_prediction_and_they_get_better()
    {
        using TaktModel model = Open();
        await model.Predicting;
        // Of a machine that computes a million times slower than any: what it says at first is far too long.
        model.PredictWith(_profile.Scaled(1e3, 1e4));
        IReadOnlyList<CycleRecord> cycles = Run(model);
        Assert.Equal(20, cycles.Count);
        Assert.All(cycles, cycle => Assert.InRange(cycle.WallSeconds, 0, cycle.Prediction!.Value.Seconds));
        Assert.True(cycles[^1].PredictedSeconds < 0.8 * cycles[1].PredictedSeconds);
    }

    [Fact]
    public void The_engines_moments_are_in_the_graph_under_their_names_in_the_ledger()
    {
        using TaktModel model = Open();
        Run(model);
        HashSet<Moment> ran = [.. model.Engine.Ledger.Snapshot().Moments.Where(moment => moment.Time.Count > 0).Select(moment => moment.Moment)];
        ModelGraph whole = model.CycleGraph;
        Assert.All(whole.Moments, moment => Assert.Contains(moment.Moment, ran));
        Assert.Equal(model.Graph.Moments.Count + 6, whole.Moments.Count);
        Assert.Equal(model.Graph.Parameters, whole.Parameters);
        // What a moment takes is still what the moment before it gave.
        int norm = whole.Moments.ToList().FindIndex(moment => moment.Moment.Op == "attention_norm");
        Assert.Equal("embed", whole.Moments[Assert.Single(whole.Moments[norm].Inputs)].Moment.Op);
    }

    [Fact]
    public void A_profile_that_is_only_a_roof_is_refused()
    {
        using TaktModel model = Open();
        Assert.Contains("calibrate", Assert.Throws<ArgumentException>(() => model.PredictWith(new MachineProfile(1, 1, 1))).Message);
    }
}
