using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Evaluation;
using Takt.Models;
using Takt.Models.Quantization;

namespace Takt.WhatIf;

/// <summary>Predicts how scenarios of a model run, without running them.</summary>
/// <param name="profile">The complete profile of this machine.</param>
public sealed class Forecaster(MachineProfile profile)
{
    private const int FitPasses = 3, LaterPasses = 2, FitPrompts = 2, FitTokens = 9;

    // A generating sequence of the fit needs some room behind what it has stored.
    private const int Room = 64;

    private readonly Dictionary<(string Path, string? Quant, Compute.Memory.KvType), (ModelGraph Graph, ModelConfig Config)> _described = [];
    private readonly Dictionary<int, IReadOnlyList<(CycleShape Shape, double Seconds)>> _runs = [];
    private CostModel? _fitted;
    private Scenario? _present;

    /// <summary>
    /// Runs the present state for some seconds, so that predictions start from how this model runs rather than from the profile alone. Each
    /// number of threads is learned by itself, so scenarios with others than the present one's are predicted better after a fit to them.
    /// A later fit with as many threads takes an earlier one's place: what a shared machine does changes.
    /// </summary>
    /// <param name="present">A scenario that runs here, of the file as it is.</param>
    /// <param name="progress">Told the number of the measurement that begins, from 1, and how many there are.</param>
    /// <param name="cancellation">Looked at after every cycle.</param>
    public void Fit(Scenario present, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(present);
        if (_present is not null && present with { Threads = _present.Threads } != _present)
        {
            _runs.Clear();
            (_fitted, _present) = (null, null);
        }

        int most = Describe(present).Config.ContextLength;
        const int sequences = 4;
        using TaktModel model = TaktModel.Open(present.Path, new ModelOptions
        {
            Threads = present.Threads,
            Tier = profile.Tier,
            KvType = present.KvType,
            MaxSequences = sequences,
            ContextLength = Math.Min(1024, most),
        });
        int Fits(int tokens) => Math.Clamp(tokens, 1, Math.Max(1, model.ContextLength - Room));
        CycleShape[] shapes =
        [
            .. from rows in (int[])[32, 96, 256] select CycleShape.Prefill(Fits(rows)),
            .. from kind in ((int Sequences, int Stored)[])[(1, 32), (1, 512), (2, 64), (sequences, 64)]
               select CycleShape.Generation(kind.Sequences, Fits(kind.Stored)),
        ];
        var meter = new CycleMeter(model.Engine);
        var seconds = shapes.Select(static _ => new List<double>()).ToArray();
        // In turn, so that a moment in which the machine is slow does not fall on one kind.
        // The first pass of all does not count: methods are compiled in it, and no longer when scenarios run.
        int uncounted = _runs.Count == 0 ? shapes.Length : 0;
        int all = uncounted + (_runs.ContainsKey(present.Threads) ? LaterPasses : FitPasses) * shapes.Length;
        for (int i = 0; i < all; i++)
        {
            int kind = i % shapes.Length;
            progress?.Invoke(i + 1, all);
            int repeats = shapes[kind].Rows > sequences ? FitPrompts : FitTokens;
            IReadOnlyList<CycleRecord> cycles = meter.Measure(shapes[kind], repeats, cancellation);
            if (i >= uncounted) seconds[kind].AddRange(cycles.Select(static cycle => cycle.WallSeconds));
        }

        var run = shapes.Select((shape, kind) => (shape with { Threads = present.Threads }, QuietTime.Of(seconds[kind]).Seconds)).ToArray();
        _runs[present.Threads] = run;
        _fitted = new CostModel(model.CycleGraph, profile);
        foreach (IReadOnlyList<(CycleShape, double)> one in _runs.Values) _fitted.Learn(one);
        _present ??= present;
    }

    /// <summary>Predicts a scenario.</summary>
    /// <exception cref="ArgumentException">The context or the prompt is longer than the model was made for, or the quantisation is unknown.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or no model that is supported.</exception>
    public Forecast Predict(Scenario scenario)
    {
        (ModelGraph graph, ModelConfig config) = Describe(scenario);
        int longest = Math.Max(scenario.Context, scenario.Prompt);
        if (longest > config.ContextLength)
        {
            throw new ArgumentException(
                $"the context is {longest} tokens, but this model was made for {config.ContextLength}; ask for at most that");
        }

        CostModel cost = CostOf(scenario, graph);
        Prediction ttft = default;
        for (int done = 0; done < scenario.Prompt; done += SpeedTest.PromptChunk)
        {
            int rows = Math.Min(SpeedTest.PromptChunk, scenario.Prompt - done);
            CycleShape chunk = CycleShape.Prefill(rows, done, done + rows == scenario.Prompt) with { Threads = scenario.Threads };
            Prediction cycle = cost.Predict(chunk);
            ttft = new Prediction(ttft.Seconds + cycle.Seconds, ttft.Low + cycle.Low, ttft.High + cycle.High);
        }

        int blocks = (scenario.Context + KvCache.BlockTokens - 1) / KvCache.BlockTokens;
        return new Forecast(
            ttft, cost.Predict(CycleShape.Generation(scenario.Batch, scenario.Context) with { Threads = scenario.Threads }), scenario.Batch,
            graph.WeightBytes, (long)scenario.Batch * blocks * KvCache.BlockBytes(config, scenario.KvType));
    }

    private CostModel CostOf(Scenario scenario, ModelGraph graph)
    {
        MachineProfile machine = profile.Scaled(scenario.Bandwidth, scenario.Flops);
        if (_fitted is null) return new CostModel(graph, machine);
        Scenario asLoaded = scenario with
        {
            Threads = _present!.Threads,
            Batch = _present.Batch,
            Context = _present.Context,
            Prompt = _present.Prompt,
        };
        bool ran = asLoaded == _present;
        return ran ? _fitted : _fitted.For(graph, machine);
    }

    private (ModelGraph Graph, ModelConfig Config) Describe(Scenario scenario)
    {
        var key = (scenario.Path, scenario.Quant, scenario.KvType);
        if (_described.TryGetValue(key, out (ModelGraph, ModelConfig) known)) return known;
        using ModelSource source = ModelSource.Open(scenario.Path);
        using TeamLease lease = TeamLease.Take(1);
        using Backend backend = Backends.Create(lease.Team, profile.Tier);
        Formats.ModelFile file = scenario.Quant is { } quant ? ModelQuantizer.Describe(source.File, QuantizationTarget.Parse(quant)) : source.File;
        ModelConfig config = Models.Architectures.DecoderArchitecture.Of(file).ReadConfig(file);
        return _described[key] = (Takt.Engine.CycleGraph.Of(Transformer.Graph(file, backend, scenario.KvType), config.VocabularySize), config);
    }
}
