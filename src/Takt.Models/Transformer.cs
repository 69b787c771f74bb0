using System.Runtime.InteropServices;
using Takt.Clock;
using Takt.Clock.Graphs;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;
using Takt.Formats;
using Takt.Models.Architectures;
using Takt.Models.Packing;

namespace Takt.Models;

/// <summary>A decoder-only transformer: one forward pass for every architecture, driven by <see cref="ModelConfig"/>.</summary>
public sealed unsafe class Transformer : IModel
{
    private readonly Backend _backend;
    private readonly WeightLoader _loader;
    private readonly Workspace _workspace = new();
    private readonly DecoderTensors _tensors;
    private readonly LayerWeights[] _layers;
    private readonly NormWeights _outputNorm;
    private readonly Linear _output;
    private readonly MixtureOfExperts? _experts;
    private readonly EmbeddingTable _tokens;
    private readonly EmbeddingTable? _positions;
    private readonly Rotations _rotations;
    private Ledger? _ledger;
    private TransformerMoments? _moments;
    private KvType _countedType;

    /// <summary>Loads the weights of a file, which must stay open as long as the model lives.</summary>
    /// <param name="file">A model in GGUF's terms.</param>
    /// <param name="backend">Runs the operations; stays the caller's.</param>
    /// <param name="cache">Keeps packed weights for the next start; null packs them every time.</param>
    /// <param name="progress">Told the share of the weights that is loaded, 0 to 1, on the calling thread.</param>
    /// <exception cref="InvalidDataException">The architecture is unknown or the file does not fit it.</exception>
    public Transformer(ModelFile file, Backend backend, PackCache? cache = null, Action<double>? progress = null)
    {
        DecoderArchitecture architecture = DecoderArchitecture.Of(file);
        Config = architecture.ReadConfig(file);
        _tensors = architecture.FindTensors(file, Config);
        _backend = backend;
        _loader = new WeightLoader(backend);
        _layers = new LayerWeights[Config.Layers.Count];
        try
        {
            for (int i = 0; i < _layers.Length; i++) _layers[i] = LayerWeights.Load(_loader, Config, _tensors.Layers[i]);
            _outputNorm = _loader.Norm(_tensors.OutputNorm)!.Value;
            _output = _loader.Linear(_tensors.Output);
            Weights = _loader.Pack(file, cache, progress);
        }
        catch
        {
            _loader.Dispose();
            throw;
        }

        _tokens = new EmbeddingTable(_tensors.TokenEmbedding);
        if (_tensors.PositionEmbedding is { } positions) _positions = new EmbeddingTable(positions);
        _rotations = new Rotations(Config, _tensors, _workspace);
        if (Config.Experts > 0) _experts = new MixtureOfExperts(Config, backend, _workspace);
    }

    /// <inheritdoc/>
    public ModelConfig Config { get; }

    /// <summary>What the weights take and where they came from.</summary>
    public WeightMemory Weights { get; }

    /// <summary>What every moment of the forward pass costs, with keys and values of a type.</summary>
    public ModelGraph Graph(KvType type) => DecoderGraph.Of(Config, _tensors, _layers, _output, type);

    /// <summary>The same of a model that is not loaded.</summary>
    /// <param name="file">The model.</param>
    /// <param name="backend">Would run it: says how matrices are kept.</param>
    /// <param name="type">How keys and values would be stored.</param>
    /// <exception cref="InvalidDataException">The architecture is unknown or the file does not fit it.</exception>
    public static ModelGraph Graph(ModelFile file, Backend backend, KvType type) => DecoderGraph.Of(file, backend, type);

    /// <inheritdoc/>
    public void Register(Ledger ledger)
    {
        TimeStamps.Calibrate();
        ledger.Watch(_backend.Team.Counters, TimeStamps.Now);
        (_ledger, _moments) = (ledger, null);
        _ = Moments(KvType.F16);
    }

    /// <inheritdoc/>
    public KvCache CreateCache(int blocks, KvType type, int context) => new(Config, blocks, type, context);

    Span<float> IModel.Forward(Batch batch, KvCache cache, ref CycleProbe probe) => Forward(batch, cache, ref probe);

    /// <summary><see cref="IModel.Forward"/> with any probe; with <see cref="NoProbe"/> nothing is recorded.</summary>
    public Span<float> Forward<TProbe>(Batch batch, KvCache cache, ref TProbe probe) where TProbe : struct, IProbe
    {
        TransformerMoments moments = Moments(cache.Type);
        _backend.Team.KeepsTimes = TProbe.Records;
        int rows = batch.Tokens.Count;
        Rows x = _workspace.Get("residual", rows, Config.HiddenSize);
        Embed(batch, x);
        moments.Embed.Count(ref probe, rows);
        _rotations.Fill(batch, cache.Context);
        moments.Angles?.Count(ref probe, rows);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            Attention(layer, batch, cache, x, moments.Layers[layer], ref probe);
            FeedForward(layer, x, moments.Layers[layer], ref probe);
        }

        return Logits(batch, x, moments, ref probe);
    }

    // A moment keeps its number; what it costs depends on how keys and values are stored.
    private TransformerMoments Moments(KvType type)
    {
        if (_moments is not null && _countedType == type) return _moments;
        _countedType = type;
        return _moments = new TransformerMoments(_ledger ??= new Ledger(1, 1), Graph(type), _layers.Length);
    }

    private void Embed(Batch batch, Rows x)
    {
        for (int row = 0; row < x.Count; row++)
        {
            int token = batch.Tokens[row];
            if ((uint)token >= (uint)Config.VocabularySize) ThrowToken(token);
            _tokens.Read(token, x[row], x.Width);
        }

        _tokens.LetGo(x.Count);
        if (Config.EmbeddingScale != 1) _backend.ScaleAndCap(x, Config.EmbeddingScale, 0);
        if (_positions is not null) AddPositions(batch, _positions, x);
    }

    private void AddPositions(Batch batch, EmbeddingTable table, Rows x)
    {
        Rows positions = _workspace.Get("positions", x.Count, x.Width);
        foreach (BatchSlice slice in batch.Slices)
        {
            for (int i = 0; i < slice.Rows; i++)
                table.Read(slice.FirstPosition + i, positions[slice.FirstRow + i], x.Width);
        }

        _backend.AddScaled(positions, 1, x);
    }

    private void Attention<TProbe>(int layer, Batch batch, KvCache cache, Rows x, TransformerMoments.Layer moments, ref TProbe probe)
        where TProbe : struct, IProbe
    {
        LayerWeights weights = _layers[layer];
        int rows = x.Count, queries = Config.Heads * Config.HeadSize, keys = Config.KvHeads * Config.HeadSize;
        Rows input = Norm(weights.PreAttention, x, "normed");
        if (weights.PreAttention is not null) moments.AttentionNorm.Count(ref probe, rows);

        Rows q = _workspace.Get("q", rows, queries), k = _workspace.Get("k", rows, keys), v = _workspace.Get("v", rows, keys);
        _backend.MatMul([weights.Query.Of(input, q), weights.Key.Of(input, k), weights.Value.Of(input, v)]);
        moments.QueryKeyValue.Count(ref probe, rows);

        if (weights.QueryNorm != 0)
        {
            NormHeads(q, weights.QueryNorm, weights.NormPerHead);
            NormHeads(k, weights.KeyNorm, weights.NormPerHead);
            moments.QueryKeyNorm.Count(ref probe, rows);
        }

        if (_rotations.Angles(layer) is { } angles)
        {
            bool interleaved = Config.Rope == RopeKind.Interleaved;
            _backend.Rope(q, Config.HeadSize, Config.RopeSize, interleaved, angles);
            _backend.Rope(k, Config.HeadSize, Config.RopeSize, interleaved, angles);
            moments.Rope.Count(ref probe, rows);
        }

        Rows attended = Attend(layer, batch, cache, (q, k, v), moments, ref probe);
        Rows output = _workspace.Get("block_out", rows, Config.HiddenSize);
        _backend.MatMul([weights.AttentionOutput.Of(attended, output)]);
        moments.AttentionOutput.Count(ref probe, rows);
        AddToResidual(weights.PostAttention, output, x);
        moments.AttentionResidual.Count(ref probe, rows);
    }

    private Rows Attend<TProbe>(
        int layer, Batch batch, KvCache cache, (Rows Q, Rows K, Rows V) heads, TransformerMoments.Layer moments, ref TProbe probe)
        where TProbe : struct, IProbe
    {
        KvLayer kv = cache.Layer(layer);
        ReadOnlySpan<BatchSlice> slices = CollectionsMarshal.AsSpan(batch.Slices);
        _backend.KvStore(heads.K, heads.V, slices, kv);
        moments.KvStore.Count(ref probe, heads.K.Count);

        int window = Config.Layers[layer].Window;
        var shape = new AttentionShape(Config.Heads, Config.AttentionScale, Config.AttentionSoftCap, window, _layers[layer].Sinks);
        Rows attended = _workspace.Get("attended", heads.Q.Count, heads.Q.Width);
        _backend.Attention(heads.Q, slices, kv, shape, attended);
        (long bytes, long flops) = (0, 0);
        foreach (ref readonly BatchSlice slice in slices)
        {
            var sequence = new SequenceShape(slice.Rows, slice.FirstPosition, 0);
            bytes += sequence.Tokens(window) * moments.TokenBytes;
            flops += sequence.Pairs(window) * moments.PairFlops;
        }

        probe.Edge(moments.Attention.Number, bytes + heads.Q.Count * moments.Attention.RowBytes, flops);
        return attended;
    }

    private void FeedForward<TProbe>(int layer, Rows x, TransformerMoments.Layer moments, ref TProbe probe) where TProbe : struct, IProbe
    {
        LayerWeights weights = _layers[layer];
        int rows = x.Count, size = Config.FeedForwardSize;
        Rows input = Norm(weights.PreFeedForward, x, "normed");
        if (weights.PreFeedForward is not null) moments.FeedForwardNorm.Count(ref probe, rows);
        Rows output = _workspace.Get("block_out", rows, Config.HiddenSize);
        if (weights.Experts is not null)
        {
            _experts!.Run(weights.Experts, input, output, moments, ref probe);
        }
        else
        {
            Rows up = _workspace.Get("up", rows, size), gate = up;
            Linear upWeights = weights.Up!.Value, down = weights.Down!.Value;
            if (weights.Gate is { } gateWeights)
            {
                gate = _workspace.Get("gate", rows, size);
                _backend.MatMul([gateWeights.Of(input, gate), upWeights.Of(input, up)]);
            }
            else
            {
                _backend.MatMul([upWeights.Of(input, up)]);
            }

            moments.GateUp.Count(ref probe, rows);
            _backend.Activate(Config.Activation, gate, up);
            moments.Activate.Count(ref probe, rows);
            _backend.MatMul([down.Of(up, output)]);
            moments.Down.Count(ref probe, rows);
        }

        AddToResidual(weights.PostFeedForward, output, x);
        moments.FeedForwardResidual.Count(ref probe, rows);
    }

    private Span<float> Logits<TProbe>(Batch batch, Rows x, TransformerMoments moments, ref TProbe probe) where TProbe : struct, IProbe
    {
        int count = batch.OutputRows.Count, vocabulary = Config.VocabularySize;
        if (count == 0) return [];
        Rows last = _workspace.Get("last", count, Config.HiddenSize);
        for (int i = 0; i < count; i++)
            new Span<float>(x[batch.OutputRows[i]], x.Stride).CopyTo(new Span<float>(last[i], x.Stride));
        Norm(_outputNorm, last, last);
        moments.OutputNorm.Count(ref probe, count);

        Rows logits = _workspace.Get("logits", count, vocabulary);
        _backend.MatMul([_output.Of(last, logits)]);
        if (Config.LogitScale != 1 || Config.LogitSoftCap != 0) _backend.ScaleAndCap(logits, Config.LogitScale, Config.LogitSoftCap);
        // Rows move together, so that they lie without padding.
        for (int i = 1; i < count && logits.Stride != vocabulary; i++)
            logits.Span(i).CopyTo(new Span<float>((float*)logits.Data + (long)i * vocabulary, vocabulary));
        moments.Logits.Count(ref probe, count);
        return new Span<float>((float*)logits.Data, checked(count * vocabulary));
    }

    private Rows Norm(NormWeights? norm, Rows x, string target)
    {
        if (norm is null) return x;
        Rows normed = _workspace.Get(target, x.Count, x.Width);
        Norm(norm.Value, x, normed);
        return normed;
    }

    private void Norm(NormWeights norm, Rows x, Rows y)
    {
        if (Config.Norm == NormKind.Rms) _backend.RmsNorm(x, (float*)norm.Weight, Config.NormEpsilon, y);
        else _backend.LayerNorm(x, (float*)norm.Weight, (float*)norm.Bias, Config.NormEpsilon, y);
    }

    private void NormHeads(Rows x, nint weight, bool perHead)
    {
        if (perHead) _backend.HeadNorm(x, Config.HeadSize, (float*)weight, Config.NormEpsilon);
        else _backend.RmsNorm(x, (float*)weight, Config.NormEpsilon, x);
    }

    private void AddToResidual(NormWeights? norm, Rows output, Rows x)
    {
        if (norm is { } post) Norm(post, output, output);
        _backend.AddScaled(output, Config.ResidualScale, x);
    }

    private void ThrowToken(int token) => throw new ArgumentException(
        $"token {token} is not in the vocabulary; this model's tokens are 0 to {Config.VocabularySize - 1}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        _loader.Dispose();
        _workspace.Dispose();
    }
}
