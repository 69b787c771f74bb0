using Takt.Models;

namespace Takt.Engine.Cache;

/// <summary>Who owns which KV block: a free list and a count of owners per block (Kwon et al., 2023).</summary>
internal sealed class BlockPool
{
    private readonly int[] _owners;
    private readonly int[] _free;

    public BlockPool(int blocks)
    {
        _owners = new int[blocks];
        _free = new int[blocks];
        // The lowest number is taken first, so memory of high blocks stays untouched as long as possible.
        for (int i = 0; i < blocks; i++) _free[i] = blocks - 1 - i;
        Free = blocks;
    }

    /// <summary>Blocks without an owner.</summary>
    public int Free { get; private set; }

    /// <summary>All blocks.</summary>
    public int Total => _free.Length;

    /// <summary>Blocks that hold a number of tokens.</summary>
    public static int BlocksFor(int tokens) => (int)((tokens - 1L + KvCache.BlockTokens) / KvCache.BlockTokens);

    /// <summary>Extends a table with own blocks until it holds that many tokens; false, and nothing changed, where too few are free.</summary>
    public bool TryReserve(BlockTable table, int tokens)
    {
        int missing = BlocksFor(tokens) - table.Count;
        if (missing > Free) return false;
        for (; missing > 0; missing--)
        {
            int block = _free[--Free];
            _owners[block] = 1;
            table.Add(block);
        }

        return true;
    }

    /// <summary>Makes an empty table a further owner of another table's first blocks.</summary>
    public void Share(BlockTable from, int blocks, BlockTable into)
    {
        for (int i = 0; i < blocks; i++)
        {
            _owners[from.Blocks[i]]++;
            into.Add(from.Blocks[i]);
        }
    }

    /// <summary>Gives up one ownership of every block of a table and empties it; blocks without an owner become free.</summary>
    public void Release(BlockTable table)
    {
        for (int i = table.Count - 1; i >= 0; i--)
        {
            int block = table.Blocks[i];
            if (--_owners[block] == 0) _free[Free++] = block;
        }

        table.Clear();
    }
}
