namespace Takt.Compute.Memory;

/// <summary>The part of a batch that belongs to one sequence: consecutive rows at consecutive positions.</summary>
/// <param name="FirstRow">Its first row in the batch.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="FirstPosition">Position of the first row in the sequence; positions before it are in the KV cache already.</param>
/// <param name="Blocks">The sequence's block table: KV block of positions [0, n), [n, 2n), ... for blocks of n tokens; covers all of its rows.</param>
public readonly record struct BatchSlice(int FirstRow, int Rows, int FirstPosition, int[] Blocks);
