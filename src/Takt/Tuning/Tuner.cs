using System.Diagnostics;
using System.Globalization;
using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Clock.Reports;
using Takt.Engine.Machine;
using Takt.Formats;

namespace Takt.Tuning;

/// <summary>
/// Finds out how a model runs quickest on this machine, in six steps: reads its graph, measures its moments, tries parallel plans,
/// restructures it, chooses kernels, and evaluates the whole.
/// </summary>
public sealed class Tuner : IDisposable
{
    // A plan has to be this much quicker than the default when both run in turns, or the default stays.
    private const double Worth = 0.98;
    private const int LastPairs = 3;

    private readonly TuneRequest _request;
    private readonly Action<TuneProgress>? _progress;
    private readonly TuneBench _bench;
    private readonly List<TuneStep> _steps = [];
    private double _default;

    /// <summary>Opens the model.</summary>
    /// <param name="request">What to tune.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <exception cref="InvalidDataException">It is no model, has no tokenizer, or the text is too short.</exception>
    public Tuner(TuneRequest request, Action<TuneProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(request.KlBound);
        (_request, _progress) = (request, progress);
        _bench = new TuneBench(request, cancellation);
    }

    /// <summary>Runs the steps and writes the plan, and beside it the model where its weights change.</summary>
    public TuneResult Run()
    {
        _progress?.Invoke(new TuneProgress(1, 0, 1));
        IReadOnlyDictionary<Moment, double> moments = MeasureMoments();
        (PlanOptions options, double ratio) = TryThreads();
        long start = Stopwatch.GetTimestamp();
        var choosing = new QualityMeter(_bench.Base, _bench.Text.Choosing, _bench.Cancellation);
        var heldOut = new QualityMeter(_bench.Base, _bench.Text.HeldOut, _bench.Cancellation);
        double? estimate = Estimate(Stopwatch.GetElapsedTime(start).TotalSeconds);
        _progress?.Invoke(new TuneProgress(4, 0, 1, estimate));
        Structure structure = new Restructuring(_bench, _request, options, ratio, choosing, heldOut)
            .Run(moments, (done, all) => _progress?.Invoke(new TuneProgress(4, done, all, estimate)));
        options = options with { KvType = structure.KvType };
        Add("restructure", structure.Ratio, WhyStructure(structure));
        (options, ratio) = ChooseKernels(structure.Types, options, structure.Ratio);
        return Evaluate(structure, options, ratio, heldOut);
    }

    /// <inheritdoc/>
    public void Dispose() => _bench.Dispose();

    private IReadOnlyDictionary<Moment, double> MeasureMoments()
    {
        const int tokens = 40;
        ModelGraph graph = _bench.Base.Graph;
        MomentWork work = graph.Work(CycleShape.Generation(1, _bench.Depth));
        IReadOnlyDictionary<Moment, double> moments;
        using (var run = new DecodeRun(_bench.Base, _bench.Depth, tokens, _bench.Cancellation))
        {
            int most = Math.Min(tokens, Math.Max(1, _bench.Base.Engine.ContextLength - _bench.Depth - 8));
            _default = run.Seconds(most, null, _bench.Cancellation);
            moments = run.Moments();
        }

        int products = graph.Moments.Count(static moment => moment.Kind == MomentKind.Product);
        Add("graph", 1, TuneTexts.Graph.With(products, graph.Layers, work.WeightBytes / 1e6, work.Flops / 1e9));
        double all = moments.Values.Sum();
        IEnumerable<string> shares = moments.GroupBy(static moment => moment.Key.Op, static moment => moment.Value)
            .Select(static op => (Op: op.Key, Seconds: op.Sum())).OrderByDescending(static op => op.Seconds).Take(5)
            .Select(op => string.Create(CultureInfo.InvariantCulture, $"{op.Op} {op.Seconds / all * 100:0} %"));
        Add("moments", 1, TuneTexts.Moments.With(string.Join(", ", shares)));
        return moments;
    }

    private (PlanOptions Options, double Ratio) TryThreads()
    {
        _progress?.Invoke(new TuneProgress(3, 0, 1));
        if (_request.Threads is { } given)
        {
            Add("parallel", 1, TuneTexts.ThreadsGiven.With(given));
            return (_bench.Default, 1);
        }

        (PlanOptions Options, double Ratio) best = HardwareChoice.Threads(_bench, out IReadOnlyList<(int, double)> tried);
        Add("parallel", best.Ratio, TuneTexts.Threads.With(TuneTexts.Ratios(tried), best.Options.Threads));
        return best;
    }

    private (PlanOptions Options, double Ratio) ChooseKernels(TensorType[]? types, PlanOptions options, double ratio)
    {
        (PlanOptions Options, double Ratio) best = HardwareChoice.Kernels(
            _bench, types, options, ratio, (done, all) => _progress?.Invoke(new TuneProgress(5, done, all)),
            out IReadOnlyList<(string, double)> tried);
        Bilingual pages = best.Options.Tuning.HugePages ? new("large", "大页") : new("small", "小页");
        Add("hardware", best.Ratio, Both(pages, page => TuneTexts.Kernels.With(
            TuneTexts.Ratios(tried), best.Options.Tier, best.Options.Tuning.Streams, best.Options.Tuning.PrefetchBytes, page)));
        return best;
    }

    private TuneResult Evaluate(Structure structure, PlanOptions options, double ratio, QualityMeter heldOut)
    {
        // What was chosen step by step, and the new weights alone, in case a step was misled by an unsteady machine.
        PlanOptions[] candidates = [options, _bench.Default with { KvType = options.KvType }];
        (PlanOptions Options, double Ratio, Quality Quality) best = candidates.Distinct()
            .Select(candidate => Evaluate(structure.Types, candidate, heldOut)).MinBy(static found => found.Ratio);
        bool worth = best.Ratio < Worth && best.Quality.Kl <= _request.KlBound;
        Quality quality = best.Quality;
        if (worth)
        {
            Add("evaluate", best.Ratio, TuneTexts.Evaluated.With(
                quality.Kl, _request.KlBound, quality.Perplexity, quality.ReferencePerplexity, quality.Top1Agreement * 100, best.Ratio), ratio);
        }
        else
        {
            structure = structure with { Types = null, Changed = new Dictionary<string, long>() };
            quality = quality with { Kl = 0, Top1Agreement = 1, Perplexity = quality.ReferencePerplexity };
            Add("evaluate", 1, TuneTexts.DefaultBest.With(best.Ratio), ratio);
            best = (_bench.Default, 1, quality);
        }

        Plan made = Write(structure.Types, best.Options, quality, best.Ratio);
        return new TuneResult(made, _steps, structure.Singles, structure.Changed, quality, best.Ratio);
    }

    private (PlanOptions Options, double Ratio, Quality Quality) Evaluate(TensorType[]? types, PlanOptions options, QualityMeter heldOut)
    {
        using TrialModel plan = _bench.Load(types, options);
        Quality quality = heldOut.Measure(plan, _bench.Cancellation);
        var ratios = new double[LastPairs];
        for (int i = 0; i < LastPairs; i++)
        {
            _progress?.Invoke(new TuneProgress(6, i, LastPairs));
            ratios[i] = _bench.Timer.Measure(_bench.Base, plan, _bench.Cancellation).Ratio;
        }

        return (options, Measured.Of(ratios).Median, quality);
    }

    private Plan Write(TensorType[]? types, PlanOptions options, Quality quality, double ratio)
    {
        PlanModel source = ModelFingerprint.Of(_request.Model), model = source;
        if (types is not null)
        {
            string path = Path.ChangeExtension(Path.GetFullPath(_request.PlanPath), ".gguf");
            _bench.Write(path, types);
            model = ModelFingerprint.Of(path);
        }

        var plan = new Plan(
            source, model, MachineFacts.ReadProcessor(), options,
            new PlanFigures(_default, _default * ratio, _request.KlBound, quality.Kl, quality.ReferencePerplexity, quality.Perplexity));
        PlanFile.Write(_request.PlanPath, plan);
        return plan;
    }

    // Every model that runs is loaded, read for its logits, and perhaps timed; reading held-out text takes as long as twice the choosing one.
    private double? Estimate(double secondsOfBothTexts)
    {
        if (_request.KeepQuant || _request.KlBound == 0) return null;
        const int models = 90, tokens = 3000;
        return models * secondsOfBothTexts / 3 * 1.6 + tokens * _default;
    }

    private Bilingual WhyStructure(Structure structure)
    {
        string kv = structure.KvType.ToString().ToLowerInvariant();
        if (_request.KeepQuant) return TuneTexts.Kept.With(kv);
        Bilingual singles = TuneTexts.Join(structure.Singles.Select(static single => TuneTexts.Single.With(single.Type, single.Kl, single.Ratio)));
        if (structure.Types is null) return Both(singles, text => TuneTexts.Nothing.With(text, kv));
        string types = string.Join(", ", structure.Changed.Select(static type => string.Create(
            CultureInfo.InvariantCulture, $"{type.Key} {type.Value / 1e6:0.0}M")));
        return Both(singles, text => TuneTexts.Mix.With(types, kv, text));
    }

    private void Add(string name, double ratio, Bilingual why, double? before = null) => _steps.Add(new TuneStep(
        name, before * _default ?? (_steps.Count == 0 ? _default : _steps[^1].After), _default * ratio, why));

    private static Bilingual Both(Bilingual part, Func<string, Bilingual> whole) => new(whole(part.En).En, whole(part.Zh).Zh);
}
