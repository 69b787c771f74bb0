namespace Takt.Compute.Cpu.Packing;

/// <summary>
/// How matrices of one weight format are packed and multiplied on one hardware tier. Rows come in groups of 16, padded with zero
/// rows; a group's products are 16 floats.
/// </summary>
internal abstract unsafe class MatrixKernel
{
    /// <summary>Rows in a group.</summary>
    public const int GroupRows = 16;

    /// <summary>Whether activations go in as int8 blocks; else as floats.</summary>
    public abstract bool QuantizesActivations { get; }

    /// <summary>Whether products with that many rows take activations in bfloat16 instead, a row's values one after the other.</summary>
    public virtual bool TakesBFloats(int rows, int columns) => false;

    /// <summary>Whether products with many rows take quantised activations as 16-bit integers too.</summary>
    public virtual bool TakesShorts => false;

    /// <summary>Bytes of a packed group.</summary>
    public abstract long GroupBytes(int columns);

    /// <summary>Packs up to 16 consecutive rows of the file's layout into a zeroed group.</summary>
    public abstract void Pack(byte* source, int rows, int columns, byte* group);

    /// <summary>Products of consecutive groups with one row: y[16 * count].</summary>
    public abstract void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y);

    /// <summary>Products of consecutive groups with many rows; the results of row i go to y[16 * count] + i * yStride.</summary>
    /// <param name="groups">The packed groups.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="x">The first row of activations.</param>
    /// <param name="xStride">Bytes from a row's codes (scales, sums) to the next row's.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="y">The first result.</param>
    /// <param name="yStride">Floats from a row's results to the next row's.</param>
    /// <remarks>A chunk of inputs goes through all groups before the next one, so that the rows' part of it stays in the caches.</remarks>
    public abstract void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride);
}
