using Takt.Clock;
using Takt.Clock.Graphs;

namespace Takt.Engine;

/// <summary>The graph of a whole cycle: a model's moments, and before and after them those of the engine.</summary>
public static class CycleGraph
{
    /// <summary>What the engine does for a row of output besides sampling it; each has a rate under its name.</summary>
    internal static readonly string[] Bookkeeping = ["admit", "choose", "batch", "publish", "store"];

    /// <summary>The rate of greedy sampling.</summary>
    internal const string Sample = "sample";

    /// <summary>Adds the engine's moments, which no weights are read for; sampling is taken to be greedy.</summary>
    /// <param name="model">The model's.</param>
    /// <param name="vocabulary">Logits in a row.</param>
    public static ModelGraph Of(ModelGraph model, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(model);
        GraphMoment[] before = [Keep(Stage.Fetch, "admit"), Keep(Stage.Fetch, "choose"), Keep(Stage.Decode, "batch")];
        return model with
        {
            Moments =
            [
                .. before,
                .. model.Moments.Select(moment => moment with { Inputs = [.. moment.Inputs.Select(input => input + before.Length)] }),
                Keep(Stage.WriteBack, "sample") with { Rate = Sample, RowBytes = (long)vocabulary * sizeof(float) },
                Keep(Stage.WriteBack, "publish"),
                Keep(Stage.WriteBack, "store"),
            ],
        };
    }

    private static GraphMoment Keep(Stage stage, string op) =>
        new(new Moment(stage, Moment.NoLayer, op), MomentKind.Rowwise) { OutputsOnly = true, Calls = 0 };
}
