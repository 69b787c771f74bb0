namespace Takt.Compute.Memory;

/// <summary>A view of a matrix of floats: rows of <see cref="Width"/> values, <see cref="Stride"/> apart.</summary>
/// <remarks>
/// The stride is a multiple of 16 and the values between width and the next multiple of 16 are zero: kernels work on whole
/// registers and keep it so.
/// </remarks>
/// <param name="Data">The first value, aligned to 64 bytes.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="Width">Values in a row.</param>
/// <param name="Stride">Distance of rows in values.</param>
public readonly unsafe record struct Rows(nint Data, int Count, int Width, int Stride)
{
    /// <summary>Width rounded up to whole registers.</summary>
    public static int Pad(int width) => (width + 15) & ~15;

    /// <summary>The first value of a row.</summary>
    public float* this[int row] => (float*)Data + (long)row * Stride;

    /// <summary>A row as a span of <see cref="Width"/> values.</summary>
    public Span<float> Span(int row) => new(this[row], Width);
}
