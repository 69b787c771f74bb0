using System.Diagnostics;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Clock.Graphs;
using Takt.Clock.Telemetry;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Engine;
using Takt.Engine.Sequences;
using Takt.Models;
using Takt.Models.Packing;
using Takt.Text.Templates;
using Takt.Text.Tokenizers;

namespace Takt;

/// <summary>
/// A model that is ready to use: weights, tokenizer, chat template and engine.
/// <code>
/// using TaktModel model = TaktModel.Open("model.gguf");
/// foreach (string piece in model.Generate("Once upon a time")) Console.Write(piece);
/// </code>
/// </summary>
/// <remarks>One thread at a time. Texts are generated one after the other, in the order in which they were asked for.</remarks>
public sealed class TaktModel : IDisposable
{
    private readonly ModelSource _source;
    private readonly ModelHost _host;
    private readonly Transformer _model;
    private readonly LedgerTelemetry _telemetry;

    private TaktModel(ModelSource source, ModelHost host, ModelOptions options)
    {
        _source = source;
        _host = host;
        if (host.Tuning is { } tuning) KernelTuning.Current = tuning;
        Transformer? model = null;
        try
        {
            _model = model = new Transformer(source.File, host.Backend, options.PackCache, options.Progress);
            KvType kvType = options.KvType ?? KvCache.DefaultType(source.File);
            Engine = new InferenceEngine(_model, new EngineOptions
            {
                ContextLength = options.ContextLength,
                KvType = kvType,
                MaxSequences = options.MaxSequences,
            });
            _telemetry = new LedgerTelemetry(
                Engine.Ledger, System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(source.Path)));
            Predicting = Predict();
        }
        catch
        {
            Engine?.Dispose();
            model?.Dispose();
            throw;
        }
    }

    /// <summary>The engine that runs the model; its ledger has every moment.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>
    /// Ends when cycles are predicted from now on, beside loading: with false where this machine was not calibrated for the tier in use.
    /// Each cycle's prediction stands in the ledger, and is learned from.
    /// </summary>
    public Task<bool> Predicting { get; }

    /// <summary>The model's shape.</summary>
    public ModelConfig Config => _model.Config;

    /// <summary>Most tokens of prompt and answer together.</summary>
    public int ContextLength => Engine.ContextLength;

    /// <summary>Threads that compute.</summary>
    public int Threads => _host.Threads;

    /// <summary>The kernel tier in use, such as <c>avx2</c>.</summary>
    public string Tier => _host.Backend.Name;

    /// <summary>How keys and values are stored.</summary>
    public KvType KvType => Engine.KvType;

    /// <summary>What the weights take in memory and where they came from.</summary>
    public WeightMemory Weights => _model.Weights;

    /// <summary>What every moment of the model costs, whatever the batch.</summary>
    public ModelGraph Graph => _model.Graph(KvType);

    /// <summary>The same with what the engine does before and after.</summary>
    public ModelGraph CycleGraph => Takt.Engine.CycleGraph.Of(Graph, Config.VocabularySize);

    /// <summary>What products of weights are: fast only where that was asked for and this machine can.</summary>
    public Numerics Numerics => _host.Backend.Numerics;

    /// <summary>Whether text can be used, not only token ids.</summary>
    public bool HasTokenizer => _source.Tokenizer is not null;

    /// <summary>Text to token ids and back.</summary>
    /// <exception cref="InvalidDataException">The model has none.</exception>
    public Tokenizer Tokenizer => _source.Tokenizer ?? throw new InvalidDataException(
        $"{_source.Path}: has no tokenizer; put its tokenizer.json beside the weights or use a .gguf file that includes one.");

    /// <summary>The model's chat template, or null.</summary>
    public ChatTemplate? ChatTemplate => _source.ChatTemplate;

    /// <summary>Opens a file or folder and loads the model.</summary>
    /// <param name="path">A .gguf, .safetensors or llama2.c .bin file, or a folder in Hugging Face format.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="InvalidDataException">It is damaged or no model that is supported.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static TaktModel Open(string path, ModelOptions? options = null)
    {
        options ??= new ModelOptions();
        Task<ModelHost> host = Task.Run(() => new ModelHost(options));
        ModelSource? source = null;
        try
        {
            ModelSource opened = source = ModelSource.Open(path);
            // Beside the weights. What fails here fails again, and is told, where the tokenizer is asked for.
            _ = Task.Run(() => opened.Tokenizer);
            return new TaktModel(opened, host.GetAwaiter().GetResult(), options);
        }
        catch
        {
            // Whatever it became: what is wrong with the file is told at once.
            _ = host.ContinueWith(static host => { if (host.Exception is null) host.Result.Dispose(); }, TaskScheduler.Default);
            source?.Dispose();
            throw;
        }
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">The text; where it is empty the model starts from BOS alone.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellation">Ends the text early.</param>
    public Generation Generate(string prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        var times = new TextTimes();
        return Generate(EncodePrompt(prompt, times: times), options, times, cancellation);
    }

    /// <summary>Continues a sequence of token ids.</summary>
    public Generation Generate(IReadOnlyList<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Generate(prompt, options, new TextTimes(), cancellation);

    /// <summary>Continues a sequence of token ids that were a text before.</summary>
    /// <param name="prompt">The ids.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="times">What encoding took: it counts as the request's, and what decoding takes is added.</param>
    /// <param name="cancellation">Ends the text early.</param>
    public Generation Generate(IReadOnlyList<int> prompt, GenerationOptions? options, TextTimes times, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        var request = new Request
        {
            Prompt = prompt,
            MaxTokens = options.MaxTokens,
            Sampling = options.Sampling,
            Text = times,
            StopTokens = options.IgnoreStopTokens ? [] : Tokenizer.EndOfGenerationIds,
        };
        // A text goes on from its prompt, but begins anew after BOS.
        bool continues = prompt.Any(id => id != Tokenizer.BosId);
        return new Generation(this, request, continues, options, cancellation);
    }

    /// <summary>Answers a conversation with the model's chat template.</summary>
    public Generation Chat(IReadOnlyList<ChatMessage> messages, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        var times = new TextTimes();
        return GenerateChat(EncodeChat(messages, times), options ?? new GenerationOptions(), times, cancellation);
    }

    /// <summary>The ids of a plain text, with BOS where the model wants it.</summary>
    /// <param name="text">The text; where it is empty BOS stands alone, or nothing where the model has none.</param>
    /// <param name="parseSpecial">Control tokens written in the text become those tokens.</param>
    /// <param name="times">Where to note how long it took; null for nowhere.</param>
    public int[] EncodePrompt(string text, bool parseSpecial = true, TextTimes? times = null)
    {
        long start = Stopwatch.GetTimestamp();
        List<int> ids = Tokenizer.Encode(text, addSpecial: false, parseSpecial);
        // EOS, which some tokenizers add too, would end the text before it begins. Something has to come first where there is no text.
        if ((ids.Count == 0 ? Tokenizer.BosId : BosToken) is { } bos) ids.Insert(0, bos);
        if (times is not null) times.TokenizeTicks += Stopwatch.GetTimestamp() - start;
        return [.. ids];
    }

    /// <summary>The ids of a conversation up to where the model answers.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="times">Where to note how long it took; null for nowhere.</param>
    /// <exception cref="Takt.Text.Templates.TemplateException">The template refuses the conversation.</exception>
    public int[] EncodeChat(IReadOnlyList<ChatMessage> messages, TextTimes? times = null)
    {
        if (ChatTemplate is null) return EncodePrompt(PlainChat.Format(messages), times: times);
        long start = Stopwatch.GetTimestamp();
        string text = _source.Render(messages);
        long rendered = Stopwatch.GetTimestamp();
        List<int> ids = Tokenizer.Encode(text, addSpecial: false, parseSpecial: true);
        // Some templates write BOS themselves and some leave it to the tokenizer.
        if (BosToken is { } bos && (ids.Count == 0 || ids[0] != bos)) ids.Insert(0, bos);
        if (times is not null)
        {
            times.TemplateTicks += rendered - start;
            times.TokenizeTicks += Stopwatch.GetTimestamp() - rendered;
        }

        return [.. ids];
    }

    /// <summary>Reads the logits of a sequence of token ids.</summary>
    /// <param name="ids">The sequence.</param>
    /// <param name="all">Every position's, in order, or only the last one's.</param>
    /// <param name="read">Receives position and logits; the span is valid during the call only.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public void ReadLogits(IReadOnlyList<int> ids, bool all, LogitsReader read, CancellationToken cancellation = default)
    {
        Sequence sequence = Engine.Submit(new Request
        {
            Prompt = ids,
            MaxTokens = 0,
            OnLogits = read,
            LogitPositions = all ? Range.All : ^1..,
        });
        while (sequence.StopReason is null)
        {
            if (cancellation.IsCancellationRequested) sequence.Cancel();
            Engine.Step();
        }

        sequence.ThrowIfFailed();
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Has cycles predicted from a machine's profile from now on, in place of what was learned before.</summary>
    /// <exception cref="ArgumentException">The profile has only a roof; calibrate the machine first.</exception>
    public void PredictWith(MachineProfile profile)
    {
        Predicting.Wait(); // or the profile that was kept would take this one's place
        Use(profile);
    }

    private void Use(MachineProfile profile)
    {
        var predictor = new LearningPredictor(new CostModel(CycleGraph, profile), Threads);
        (Engine.Predictor, Engine.Observer) = (predictor.Predict, predictor.Learn);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Task.WaitAny(Predicting); // without what it may have thrown
        Engine.Dispose();
        _telemetry.Dispose();
        _model.Dispose();
        _host.Dispose();
        _source.Dispose();
    }

    private async Task<bool> Predict()
    {
        if (await _host.Profile.ConfigureAwait(false) is not { } profile) return false;
        await Task.Run(() => Use(profile)).ConfigureAwait(false);
        return true;
    }

    /// <summary>The token that every text of this model begins with, or null where there is none.</summary>
    internal int? BosToken => Tokenizer.AddBos ? Tokenizer.BosId : null;

    // Without a template the model may go on and speak for the user.
    internal Generation GenerateChat(int[] prompt, GenerationOptions options, TextTimes times, CancellationToken cancellation) => Generate(
        prompt, ChatTemplate is null ? options with { StopStrings = [.. options.StopStrings, PlainChat.UserPrefix] } : options, times, cancellation);
}
