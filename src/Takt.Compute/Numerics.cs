namespace Takt.Compute;

/// <summary>What a backend promises of its products.</summary>
public enum Numerics
{
    /// <summary>The same bits on every tier, for every batch, chunk and number of threads.</summary>
    Exact,

    /// <summary>
    /// Products of float weights with four rows or more, and on AMX those of quantised weights with 32 or more, may be computed in
    /// bfloat16: weights and activations are rounded to 8 bits of mantissa, within 0.32 % (root of the mean square) of products with
    /// neither rounded. They are not the same bits elsewhere, nor for another number of rows.
    /// </summary>
    Fast,
}
