using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A quantised kernel whose products go by emitted code, to the bits of the one in C#.</summary>
/// <param name="inner">The kernel of the same format in C#, which packs.</param>
/// <param name="layout">How it packs.</param>
/// <param name="one">The address of the emitted code for one row, of one <see cref="RowCall"/>.</param>
/// <param name="tiles">The address of the emitted code for tiles of rows, of one <see cref="TileCall"/>.</param>
internal sealed unsafe class EmittedQuantizedKernel(MatrixKernel inner, PackedLayout layout, nint one, nint tiles) : WrappedKernel(inner)
{
    /// <inheritdoc/>
    public override bool TakesShorts => false;

    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        KernelTuning tuning = KernelTuning.Current;
        int streams = Math.Min(tuning.Streams, count), length = count / streams, done = streams * length;
        new Span<float>(y, GroupRows * count).Clear();
        if (columns == 0) return;
        long stride = GroupBytes(columns);
        Slice slice = Whole(groups, columns, tuning.PrefetchBytes);
        for (int i = 0; i < length; i++) AddRow(slice.At(i * stride), streams, length * stride, x, y + GroupRows * i, GroupRows * length);
        for (int i = done; i < count; i++) AddRow(slice.At(i * stride), 1, stride, x, y + GroupRows * i, 0);
    }

    /// <inheritdoc/>
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        for (int row = 0; row < rows; row++) new Span<float>(y + row * yStride, GroupRows * count).Clear();
        if (columns == 0) return;
        long stride = GroupBytes(columns);
        Slice whole = Whole(groups, columns, TileSizes.AheadBytes);
        if (rows <= TileSizes.FewRows)
        {
            // All of a group, as it lies in memory.
            for (int i = 0; i < count; i++) AddRows(whole.At(i * stride), x, xStride, rows, y + i * GroupRows, yStride);
            return;
        }

        for (int row = 0; row < rows; row += TileSizes.NearRows)
            AddNear(whole, count, stride, x.Next(row * xStride), xStride, Math.Min(TileSizes.NearRows, rows - row), y + row * yStride, yStride);
    }

    // Some inputs go through all groups before the next ones do, so that a group's part of them stays in the first-level cache.
    private void AddNear(in Slice whole, int count, long stride, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        int blocks = Math.Max(1, TileSizes.ChunkBytes / (layout.BlockParts * layout.Codes.PartBytes));
        for (int first = 0; first < whole.Blocks; first += blocks)
        {
            Slice slice = whole.Cut(first, Math.Min(blocks, whole.Blocks - first), layout) with { Ahead = stride };
            ActivationRow part = x.Part(first * layout.BlockParts);
            for (int i = 0; i < count; i++) AddRows(slice.At(i * stride), part, xStride, rows, y + i * GroupRows, yStride);
        }
    }

    private Slice Whole(byte* group, int columns, long ahead)
    {
        int blocks = columns / (32 * layout.BlockParts);
        return new((nint)group, (nint)group + (nint)layout.ScaleBytes(blocks), blocks, ahead);
    }

    // Adds products of a group: rows that fill tiles, then the others one by one.
    private void AddRows(in Slice slice, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        int done = rows / TileSizes.Rows * TileSizes.Rows;
        if (done > 0) AddTiles(slice, x, xStride, done / TileSizes.Rows, y, yStride);
        for (int row = done; row < rows; row++) AddRow(slice, 1, 0, x.Next(row * xStride), y + row * yStride, 0);
    }

    [SkipLocalsInit]
    private void AddTiles(in Slice slice, in ActivationRow x, long xStride, int count, float* y, long yStride)
    {
        byte* scratch = stackalloc byte[TileCall.ScratchBytes + 64];
        TileCall call = new()
        {
            Scales = slice.Scales,
            Planes = slice.Planes,
            Blocks = slice.Blocks,
            Tiles = count,
            Ahead = slice.Ahead,
            X = x.Codes,
            XScales = x.Scales,
            XSums = x.Sums,
            XStride = xStride,
            Y = y,
            YStride = yStride * sizeof(float),
            Scratch = (byte*)(((nuint)scratch + 63) & ~(nuint)63),
        };
        ((delegate* unmanaged<TileCall*, void>)tiles)(&call);
    }

    // Adds the products of some groups with one row, each so many bytes after the one before it.
    private void AddRow(in Slice slice, int groups, long far, in ActivationRow x, float* y, long yFar)
    {
        RowCall call = new()
        {
            Scales = slice.Scales,
            Planes = slice.Planes,
            Far = far,
            FarEnd = groups * far,
            Blocks = slice.Blocks,
            Ahead = slice.Ahead,
            X = x.Codes,
            XScales = x.Scales,
            XSums = x.Sums,
            Y = y,
            YFar = yFar * sizeof(float),
        };
        ((delegate* unmanaged<RowCall*, void>)one)(&call);
    }

    // Some blocks of a group, and how far ahead of them memory is asked for.
    private readonly record struct Slice(nint Scales, nint Planes, int Blocks, long Ahead)
    {
        public Slice At(long bytes) => this with { Scales = Scales + (nint)bytes, Planes = Planes + (nint)bytes };

        public Slice Cut(int first, int count, PackedLayout layout) => this with
        {
            Scales = Scales + first * layout.Scales.Bytes,
            Planes = Planes + first * layout.BlockParts * layout.Codes.PartBytes,
            Blocks = count,
        };
    }
}
