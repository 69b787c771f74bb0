namespace Takt.Engine.Cache;

/// <summary>The KV blocks of one sequence, in the order of its positions.</summary>
internal sealed class BlockTable(int tokens)
{
    private int[] _blocks = new int[BlockPool.BlocksFor(tokens)];

    /// <summary>Blocks in use.</summary>
    public int Count { get; private set; }

    /// <summary>The blocks in use, followed by unused room.</summary>
    public int[] Blocks => _blocks;

    public void Add(int block)
    {
        if (Count == _blocks.Length) Array.Resize(ref _blocks, Math.Max(4, 2 * Count));
        _blocks[Count++] = block;
    }

    public void Clear() => Count = 0;
}
