using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Memory;

namespace Takt.Compute;

/// <summary>A weight matrix as a backend keeps it; y = x * W^T takes <see cref="Columns"/> values to <see cref="Rows"/>.</summary>
public sealed unsafe class Matrix : IDisposable
{
    private readonly NativeBuffer? _packed;
    private readonly nint _source;

    internal Matrix(WeightFormat format, int rows, int columns, nint source)
    {
        Format = format;
        Rows = rows;
        Columns = columns;
        _source = source;
    }

    internal Matrix(WeightFormat format, int rows, int columns, MatrixKernel kernel, NativeBuffer packed)
        : this(format, rows, columns, 0)
    {
        Kernel = kernel;
        _packed = packed;
    }

    /// <summary>The format of the weights.</summary>
    public WeightFormat Format { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>Bytes that a product reads.</summary>
    public long Bytes => _packed?.Length ?? (long)Rows * Columns / Format.BlockValues * Format.BlockBytes;

    internal MatrixKernel? Kernel { get; }

    internal byte* Data => _packed is null ? (byte*)_source : _packed.Bytes;

    /// <inheritdoc/>
    public void Dispose() => _packed?.Dispose();
}

/// <summary>One product of a matrix with rows of activations: Y = X * W^T + bias.</summary>
/// <param name="W">The weights.</param>
/// <param name="X">Rows of W.Columns values.</param>
/// <param name="Y">As many rows of W.Rows values.</param>
/// <param name="Bias">W.Rows values followed by zeros up to a multiple of 16, or null.</param>
public readonly record struct Projection(Matrix W, Rows X, Rows Y, nint Bias = 0);
