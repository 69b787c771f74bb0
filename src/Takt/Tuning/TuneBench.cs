using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Engine.Machine;
using Takt.Formats;
using Takt.Models;
using Takt.Models.Architectures;
using Takt.Models.Quantization;

namespace Takt.Tuning;

/// <summary>The model that is tuned as it runs by default, and what every step measures with.</summary>
internal sealed class TuneBench : IDisposable
{
    private const int MostRoom = 300;

    private readonly ModelSource _source;

    /// <summary>Opens the model and loads it with the default options.</summary>
    /// <exception cref="InvalidDataException">It is no model, has no tokenizer, or the text is too short.</exception>
    public TuneBench(TuneRequest request, CancellationToken cancellation)
    {
        Cancellation = cancellation;
        _source = ModelSource.Open(request.Model);
        try
        {
            ModelConfig config = DecoderArchitecture.Of(_source.File).ReadConfig(_source.File);
            if (_source.Tokenizer is null) throw new InvalidDataException(
                $"{request.Model}: has no tokenizer; put its tokenizer.json beside the weights or use a .gguf file that includes one.");
            Text = TuneText.Of(request.Text ?? TuneText.OwnText, _source.Tokenizer, config.ContextLength);
            Depth = Math.Clamp(request.Depth, 1, Math.Max(1, config.ContextLength / 2));
            int room = Math.Clamp(config.ContextLength - Depth - 8, 1, MostRoom);
            Context = Math.Min(config.ContextLength, Math.Max(TuneText.Window, Depth + room + 8));
            Timer = new PairedTimer(Depth, room);
            Default = DefaultOptions(request, _source.File);
            Base = new TrialModel(_source.File, Default, Context);
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The model's metadata and tensors.</summary>
    public ModelFile File => _source.File;

    /// <summary>The options that a model runs with where nothing is said.</summary>
    public PlanOptions Default { get; }

    /// <summary>The model with them.</summary>
    public TrialModel Base { get; }

    /// <summary>The text to choose and judge by.</summary>
    public TuneText Text { get; }

    /// <summary>Times generation in turns.</summary>
    public PairedTimer Timer { get; }

    /// <summary>Tokens stored before anything is timed.</summary>
    public int Depth { get; }

    private int Context { get; }

    /// <summary>Loads the model with other types or options.</summary>
    /// <param name="types">A type for every tensor; null for the file's own.</param>
    /// <param name="options">How to run it.</param>
    public TrialModel Load(IReadOnlyList<TensorType>? types, PlanOptions options)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (types is null) return new TrialModel(_source.File, options, Context);
        ModelFile view = ModelQuantizer.View(_source.File, types, Default.Threads);
        try
        {
            return new TrialModel(view, options, Context, view);
        }
        catch
        {
            view.Dispose();
            throw;
        }
    }

    /// <summary>Writes the model with other types.</summary>
    public void Write(string path, IReadOnlyList<TensorType> types) =>
        ModelQuantizer.Write(_source.ToGguf(), path, types, Default.Threads, cancellation: Cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Base.Dispose();
        _source.Dispose();
    }

    private static PlanOptions DefaultOptions(TuneRequest request, ModelFile file)
    {
        using TeamLease lease = TeamLease.Take(request.Threads);
        using Backend backend = Backends.Create(lease.Team);
        KernelTuning? tuning = TuningFile.OfUser.Find(MachineFacts.ReadProcessor(), backend.Name, lease.Team.Threads);
        return new PlanOptions(
            lease.Team.Threads, backend.Name, request.KvType ?? KvCache.DefaultType(file), tuning ?? KernelTuning.Default);
    }
}
