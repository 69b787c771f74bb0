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

    /// <summary>Bytes of a packed group.</summary>
    public abstract long GroupBytes(int columns);

    /// <summary>Packs up to 16 consecutive rows of the file's layout into a zeroed group.</summary>
    public abstract void Pack(byte* source, int rows, int columns, byte* group);

    /// <summary>Products of consecutive groups with one row: y[16 * count].</summary>
    public abstract void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y);

    /// <summary>Products of one group with four rows; results of row i go to y + i * yStride.</summary>
    public abstract void MultiplyFour(
        byte* group, int columns, in ActivationRow x0, in ActivationRow x1, in ActivationRow x2, in ActivationRow x3,
        float* y, long yStride);
}
