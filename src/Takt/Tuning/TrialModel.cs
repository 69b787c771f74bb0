using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Engine;
using Takt.Formats;
using Takt.Models;

namespace Takt.Tuning;

/// <summary>A model that is loaded with given options to see how it does.</summary>
internal sealed class TrialModel : IDisposable
{
    private readonly TeamLease _team;
    private readonly Backend _backend;
    private readonly Transformer _model;
    private readonly IDisposable? _owned;

    /// <summary>Loads it.</summary>
    /// <param name="file">The model; it has to stay open.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="context">Most tokens of its sequences.</param>
    /// <param name="owned">What ends with it.</param>
    public TrialModel(ModelFile file, PlanOptions options, int context, IDisposable? owned = null)
    {
        _owned = owned;
        Options = options;
        _team = TeamLease.Take(options.Threads);
        _backend = Backends.Create(_team.Team, options.Tier);
        Transformer? model = null;
        KernelTuning before = KernelTuning.Current;
        try
        {
            // The kind of page is settled when weights are packed.
            KernelTuning.Current = options.Tuning;
            _model = model = new Transformer(file, _backend);
            Engine = new InferenceEngine(model, new EngineOptions { ContextLength = context, KvType = options.KvType });
        }
        catch
        {
            model?.Dispose();
            _backend.Dispose();
            _team.Dispose();
            throw;
        }
        finally
        {
            KernelTuning.Current = before;
        }
    }

    /// <summary>How it runs.</summary>
    public PlanOptions Options { get; }

    /// <summary>Its engine, which nothing else uses.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>What its moments cost.</summary>
    public Clock.Graphs.ModelGraph Graph => _model.Graph(Options.KvType);

    /// <inheritdoc/>
    public void Dispose()
    {
        Engine.Dispose();
        _model.Dispose();
        _backend.Dispose();
        _team.Dispose();
        _owned?.Dispose();
    }
}
