using Takt.Compute.Memory;

namespace Takt.Models;

/// <summary>How keys and values are stored.</summary>
public enum KvType
{
    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>16-bit float.</summary>
    F16,
}

/// <summary>
/// Storage of keys and values in blocks of <see cref="BlockTokens"/> tokens. Which sequence owns which block is the engine's business.
/// </summary>
/// <remarks>
/// Layer by layer: keys, then values, each as [block][kv head][token][head size padded to 16 values]; the padding stays zero.
/// </remarks>
public sealed unsafe class KvCache : IDisposable
{
    /// <summary>Tokens in a block.</summary>
    public const int BlockTokens = 32;

    private readonly NativeBuffer _buffer;
    private readonly long _half;

    /// <summary>Reserves address space for <paramref name="blocks"/> blocks; memory is taken as blocks are first written.</summary>
    public KvCache(ModelConfig config, int blocks, KvType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        Blocks = blocks;
        Type = type;
        _half = BlockBytes(config, type) / (2 * config.Layers.Count) * blocks;
        _buffer = new NativeBuffer(_half * 2 * config.Layers.Count);
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>How values are stored.</summary>
    public KvType Type { get; }

    /// <summary>Bytes that a block takes over all layers, keys and values.</summary>
    public static long BlockBytes(ModelConfig config, KvType type) =>
        2L * config.Layers.Count * config.KvHeads * BlockTokens * PaddedHeadSize(config) * (type == KvType.F32 ? 4 : 2);

    /// <summary>Values that a head takes in the cache: its size rounded up to 16.</summary>
    public static int PaddedHeadSize(ModelConfig config) => (config.HeadSize + 15) & ~15;

    /// <summary>Keys of a layer.</summary>
    public byte* Keys(int layer) => _buffer.Bytes + 2 * layer * _half;

    /// <summary>Values of a layer.</summary>
    public byte* Values(int layer) => Keys(layer) + _half;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
