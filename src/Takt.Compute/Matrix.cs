using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Memory;

namespace Takt.Compute;

/// <summary>A weight matrix as a backend keeps it; y = x * W^T takes <see cref="Columns"/> values to <see cref="Rows"/>.</summary>
public sealed unsafe class Matrix : IDisposable
{
    private nint _source;
    private Func<nint>? _borrow;
    private Action? _giveBack;
    private byte* _packed;
    private PackedWeights? _own;

    /// <summary>Describes a matrix that products read where the file has it, or, with a kernel, once it is packed.</summary>
    internal Matrix(WeightFormat format, int rows, int columns, nint source, MatrixKernel? kernel = null)
    {
        Format = format;
        Rows = rows;
        Columns = columns;
        _source = source;
        Kernel = kernel;
    }

    /// <summary>The format of the weights.</summary>
    public WeightFormat Format { get; }

    /// <summary>Outputs.</summary>
    public int Rows { get; }

    /// <summary>Inputs.</summary>
    public int Columns { get; }

    /// <summary>Bytes that a product reads.</summary>
    public long Bytes => Kernel is null ? Rows * RowBytes : PackedBytes;

    /// <summary>Bytes that the matrix takes once it is packed; 0 where it stays as it is.</summary>
    public long PackedBytes => Kernel is null ? 0 : Groups * Kernel.GroupBytes(Columns);

    /// <summary>Whether the source is a mapped file, whose pages can be let go when they have been packed.</summary>
    public bool SourceIsMapped { get; init; }

    internal MatrixKernel? Kernel { get; }

    internal int Groups => (Rows + MatrixKernel.GroupRows - 1) / MatrixKernel.GroupRows;

    internal byte* Data => Kernel is null ? (byte*)_source : _packed;

    internal long RowBytes => (long)Columns / Format.BlockValues * Format.BlockBytes;

    /// <summary>Makes the source one that is there only while it is borrowed, once for the time in which the matrix is packed.</summary>
    /// <param name="borrow">Gives the address of the first row.</param>
    /// <param name="giveBack">Ends the loan.</param>
    public void LendSource(Func<nint> borrow, Action giveBack) => (_borrow, _giveBack) = (borrow, giveBack);

    internal void BorrowSource() => _source = _borrow?.Invoke() ?? _source;

    internal void GiveSourceBack() => _giveBack?.Invoke();

    /// <summary>Says where the packed matrix lies, or will lie when its groups are packed.</summary>
    internal void Place(byte* packed) => _packed = packed;

    /// <summary>Packs the matrix into memory of its own.</summary>
    internal void PackAlone(Threading.Team team)
    {
        _own = new PackedWeights([this]);
        _own.Pack(team);
    }

    /// <summary>Packs some groups of rows from the source.</summary>
    internal void Pack(int firstGroup, int groups)
    {
        MatrixKernel kernel = Kernel!;
        long groupBytes = kernel.GroupBytes(Columns);
        int first = firstGroup * MatrixKernel.GroupRows, end = Math.Min(Rows, first + groups * MatrixKernel.GroupRows);
        byte* source = (byte*)_source + first * RowBytes;
        long length = (end - first) * RowBytes;
        if (SourceIsMapped) Pages.Fetch((nint)source, length);
        byte* target = _packed + firstGroup * groupBytes;
        Pages.Provide((nint)target, groups * groupBytes);
        for (int row = first; row < end; row += MatrixKernel.GroupRows, target += groupBytes)
            kernel.Pack((byte*)_source + row * RowBytes, Math.Min(MatrixKernel.GroupRows, end - row), Columns, target);
        if (SourceIsMapped) Pages.LetGo((nint)source, length);
    }

    /// <summary>Takes a mapped source out of this process's memory.</summary>
    internal void LetSourceGo()
    {
        if (SourceIsMapped) Pages.LetGo(_source, Rows * RowBytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}

/// <summary>One product of a matrix with rows of activations: Y = X * W^T + bias.</summary>
/// <param name="W">The weights.</param>
/// <param name="X">Rows of W.Columns values.</param>
/// <param name="Y">As many rows of W.Rows values.</param>
/// <param name="Bias">W.Rows values followed by zeros up to a multiple of 16, or null.</param>
public readonly record struct Projection(Matrix W, Rows X, Rows Y, nint Bias = 0);
