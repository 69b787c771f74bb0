namespace Takt.Compute;

/// <summary>What a backend promises of its products.</summary>
public enum Numerics
{
    /// <summary>The same bits on every tier, for every batch, chunk and number of threads.</summary>
    Exact,

    /// <summary>
    /// Products of float weights with four rows or more may be computed in bfloat16 where the machine is faster at it: within 0.32 %
    /// (root of the mean square) of the exact ones, and not the same bits elsewhere.
    /// </summary>
    Fast,
}
