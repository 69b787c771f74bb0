using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models;

/// <summary>
/// Storage of keys and values in blocks of <see cref="BlockTokens"/> tokens. Which sequence owns which block is the engine's business.
/// </summary>
/// <remarks>Layer by layer: keys, then values, laid out as <see cref="KvLayer"/> says.</remarks>
public sealed unsafe class KvCache : IDisposable
{
    /// <summary>Tokens in a block.</summary>
    public const int BlockTokens = KvLayer.BlockTokens;

    private readonly ModelConfig _config;
    private readonly NativeBuffer _buffer;
    private readonly long _half;

    /// <summary>
    /// Reserves address space for <paramref name="blocks"/> blocks; memory is taken as blocks are first written. A sequence has at
    /// most <paramref name="context"/> tokens.
    /// </summary>
    public KvCache(ModelConfig config, int blocks, KvType type, int context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        _config = config;
        Blocks = blocks;
        Context = context;
        Type = type;
        _half = BlockBytes(config, type) / (2 * config.Layers.Count) * blocks;
        _buffer = new NativeBuffer(_half * 2 * config.Layers.Count);
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>Most tokens of one sequence.</summary>
    public int Context { get; }

    /// <summary>How values are stored.</summary>
    public KvType Type { get; }

    /// <summary>Bytes that a block takes over all layers, keys and values.</summary>
    public static long BlockBytes(ModelConfig config, KvType type) =>
        2L * config.Layers.Count * config.KvHeads * KvLayer.HeadBytes(type, config.HeadSize);

    /// <summary>The type that fits a model: F32 where all its weights are F32, so that nothing is rounded; else F16.</summary>
    public static KvType DefaultType(ModelFile file) =>
        file.Tensors.All(static tensor => tensor.Type == TensorType.F32) ? KvType.F32 : KvType.F16;

    /// <summary>The keys and values of a layer.</summary>
    public KvLayer Layer(int layer)
    {
        nint keys = (nint)_buffer.Bytes + (nint)(2 * layer * _half);
        return new KvLayer(keys, keys + (nint)_half, _config.KvHeads, _config.HeadSize, Type);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
