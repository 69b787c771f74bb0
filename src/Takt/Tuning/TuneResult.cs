using Takt.Clock.Reports;
using Takt.Compute.Memory;

namespace Takt.Tuning;

/// <summary>What to tune and how far it may go.</summary>
/// <param name="Model">The model: a file or a folder.</param>
/// <param name="PlanPath">The plan file to write; a model with other weights is written beside it as .gguf.</param>
public sealed record TuneRequest(string Model, string PlanPath)
{
    /// <summary>Most divergence from the untuned model on held-out text, in nats; 0 or more.</summary>
    public double KlBound { get; init; } = 0.02;

    /// <summary>Leaves the weights as they are.</summary>
    public bool KeepQuant { get; init; }

    /// <summary>A text to choose and judge by; null for Takt's own.</summary>
    public string? Text { get; init; }

    /// <summary>Tokens stored when the time of a token is taken.</summary>
    public int Depth { get; init; } = 128;

    /// <summary>Threads that compute; null for what is found best.</summary>
    public int? Threads { get; init; }

    /// <summary>How keys and values are stored; null for what is found best.</summary>
    public KvType? KvType { get; init; }
}

/// <summary>How far tuning is.</summary>
/// <param name="Step">The step, 1 to 6.</param>
/// <param name="Done">Measurements of the step that are done.</param>
/// <param name="All">How many it has.</param>
/// <param name="EstimatedSeconds">How long all of the steps will take, about; null while that is not known.</param>
public sealed record TuneProgress(int Step, int Done, int All, double? EstimatedSeconds = null);

/// <summary>One of the six steps.</summary>
/// <param name="Name">graph, moments, parallel, restructure, hardware or evaluate.</param>
/// <param name="Before">Seconds of a token before the step.</param>
/// <param name="After">After it: the default's time times the ratio measured in turns with it.</param>
/// <param name="Why">What was found and chosen, with figures.</param>
public sealed record TuneStep(string Name, double Before, double After, Bilingual Why);

/// <summary>All weights that can be brought to one type, in that type: what a mix has to beat.</summary>
/// <param name="Type">The type, such as <c>q5_1</c>.</param>
/// <param name="Kl">Divergence on the choosing text.</param>
/// <param name="Ratio">Time of a token over the default's.</param>
public sealed record SingleType(string Type, double Kl, double Ratio);

/// <summary>What tuning found.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Steps">The six steps.</param>
/// <param name="Singles">The types by themselves.</param>
/// <param name="Types">How many weights are stored in each type, of those that could be changed.</param>
/// <param name="Quality">The plan beside the default on held-out text.</param>
/// <param name="Ratio">Time of a token with the plan over that without, measured last.</param>
public sealed record TuneResult(
    Plan Plan, IReadOnlyList<TuneStep> Steps, IReadOnlyList<SingleType> Singles, IReadOnlyDictionary<string, long> Types, Quality Quality,
    double Ratio);
