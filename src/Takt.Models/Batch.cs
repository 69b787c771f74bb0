namespace Takt.Models;

/// <summary>The part of a batch that belongs to one sequence: consecutive rows at consecutive positions.</summary>
/// <param name="FirstRow">Its first row in the batch.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="FirstPosition">Position of the first row in the sequence; positions before it are in the KV cache already.</param>
/// <param name="Blocks">The sequence's block table: KV block of positions [0, n), [n, 2n), ... for blocks of n tokens; covers all of its rows.</param>
public readonly record struct BatchSlice(int FirstRow, int Rows, int FirstPosition, int[] Blocks);

/// <summary>One flat batch: what a cycle sends through the model.</summary>
/// <remarks>Reused from cycle to cycle; nothing is allocated once the lists have grown.</remarks>
public sealed class Batch
{
    /// <summary>Token ids, one a row.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>The sequences the rows belong to, in row order.</summary>
    public List<BatchSlice> Slices { get; } = [];

    /// <summary>Rows whose logits are wanted, ascending.</summary>
    public List<int> OutputRows { get; } = [];

    /// <summary>Empties the batch for the next cycle.</summary>
    public void Clear()
    {
        Tokens.Clear();
        Slices.Clear();
        OutputRows.Clear();
    }
}
