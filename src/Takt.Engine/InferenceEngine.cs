using Takt.Clock;
using Takt.Compute.Memory;
using Takt.Engine.Cache;
using Takt.Engine.Sequences;
using Takt.Engine.Stages;
using Takt.Models;

namespace Takt.Engine;

/// <summary>Runs a model on the clock: takes requests from any thread and answers them cycle by cycle on one.</summary>
/// <remarks>It knows token ids only; text, templates and stop strings are the host's. The model stays the host's to dispose.</remarks>
public sealed class InferenceEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly BlockPool _pool;
    private readonly SequenceQueue _queue;
    private readonly KvCache _cache;
    private readonly Cycle _cycle;
    private readonly int _template, _tokenize;
    private long _requests;
    private int _stepping;
    private volatile bool _disposed;

    /// <summary>Makes the KV cache and registers every moment.</summary>
    /// <param name="model">The model, which only this engine uses from now on.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public InferenceEngine(IModel model, EngineOptions? options = null)
    {
        _options = options ?? new EngineOptions();
        Model = model.Config;
        int context = _options.ContextOf(Model);
        _pool = new BlockPool(_options.CacheBlocksOf(Model));
        ContextLength = (int)Math.Min(context, (long)_pool.Total * KvCache.BlockTokens);
        _queue = new SequenceQueue(_pool, _options.MaxSequences, Ledger);
        _cache = model.CreateCache(_pool.Total, _options.KvType, ContextLength);
        _template = Ledger.Register(Stage.Fetch, Moment.NoLayer, "template");
        _tokenize = Ledger.Register(Stage.Fetch, Moment.NoLayer, "tokenize");
        int vocabulary = Model.VocabularySize;
        _cycle = new Cycle(
            Ledger,
            new Fetch(Ledger, _queue, _options.PrefillChunk, vocabulary),
            new Decode(Ledger),
            new Execute(Ledger, model, _cache),
            new WriteBack(Ledger, _queue, vocabulary, ContextLength));
    }

    /// <summary>Where every moment of every cycle is recorded.</summary>
    public Ledger Ledger { get; } = new();

    /// <summary>Asked before each cycle how long it will take, on the engine's thread; null where nobody knows.</summary>
    public CyclePredictor? Predictor
    {
        get => _cycle.Predictor;
        set => _cycle.Predictor = value;
    }

    /// <summary>Told after each cycle how long it took, on the engine's thread; null where nobody wants to know.</summary>
    public CycleObserver? Observer
    {
        get => _cycle.Observer;
        set => _cycle.Observer = value;
    }

    /// <summary>The model's shape.</summary>
    public ModelConfig Model { get; }

    /// <summary>Most tokens of one sequence.</summary>
    public int ContextLength { get; }

    /// <summary>How keys and values are stored.</summary>
    public KvType KvType => _cache.Type;

    /// <summary>KV blocks that no sequence owns.</summary>
    public int FreeBlocks => _pool.Free;

    /// <summary>All KV blocks.</summary>
    public int TotalBlocks => _pool.Total;

    /// <summary>Puts a request in the line; safe from any thread.</summary>
    /// <remarks>
    /// It starts when one of <see cref="EngineOptions.MaxSequences"/> places and all the cache it may need (its prompt and
    /// <see cref="Request.MaxTokens"/>) are free, in the order of submission; what else runs changes none of its tokens.
    /// </remarks>
    /// <exception cref="ArgumentException">The request cannot be run: the prompt is empty, too long or has unknown ids, or an option is out of its range.</exception>
    public Sequence Submit(Request request)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RequestCheck.Run(request, Model.VocabularySize, ContextLength);
        var sequence = new Sequence(request, ContextLength, Interlocked.Increment(ref _requests) - 1);
        RecordText(request);
        _queue.Submit(sequence);
        if (_disposed) _queue.RetireAll(); // it came while the engine was being disposed of
        return sequence;
    }

    // What hosts do with text is fetching too, though it is done before a cycle sees the request.
    private void RecordText(Request request)
    {
        if (request.Text is not { } text) return;
        if (text.TemplateTicks > 0) Ledger.Record(_template, text.TemplateTicks);
        if (text.TokenizeTicks > 0) Ledger.Record(_tokenize, text.TokenizeTicks);
    }

    /// <summary>Runs one cycle; one thread at a time, and not from a callback.</summary>
    /// <returns>Whether work is left.</returns>
    /// <remarks>A failure of the model ends the sequences of the batch with <see cref="StopReason.Failed"/>; the engine lives on.</remarks>
    public bool Step()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _stepping, 1) != 0)
            throw new InvalidOperationException("a cycle is running; step the engine from one thread, and not from a callback");
        try
        {
            _cycle.Run();
        }
        catch (Exception error)
        {
            _queue.RetireRunning(StopReason.Failed, error);
        }
        finally
        {
            Volatile.Write(ref _stepping, 0);
        }

        return !_queue.IsEmpty;
    }

    /// <summary>Runs cycles until no sequence is left.</summary>
    public void RunUntilIdle()
    {
        while (Step())
        {
        }
    }

    /// <summary>Cancels every sequence and frees the cache.</summary>
    /// <exception cref="InvalidOperationException">A cycle is running.</exception>
    public void Dispose()
    {
        if (_disposed) return;
        if (Interlocked.Exchange(ref _stepping, 1) != 0)
            throw new InvalidOperationException("a cycle is running; dispose of the engine when it has ended, and not from a callback");
        _disposed = true;
        _queue.RetireAll();
        _cache.Dispose();
    }
}
