using Takt.Compute.Memory;

namespace Takt.Models;

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
