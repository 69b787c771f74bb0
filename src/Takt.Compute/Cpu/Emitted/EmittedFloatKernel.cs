using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel of floats whose products go by emitted code, to the bits of the one in C#.</summary>
/// <param name="inner">The kernel of the same format in C#, which packs.</param>
/// <param name="one">The address of the emitted code for one row.</param>
/// <param name="tiles">The address of the emitted code for tiles of rows; 0 where the other kernel multiplies them.</param>
internal sealed unsafe class EmittedFloatKernel(MatrixKernel inner, nint one, nint tiles) : WrappedKernel(inner)
{
    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        int quarter = columns > 0 && columns % FloatEmitter.Step == 0 ? count / FloatEmitter.Groups : 0, done = FloatEmitter.Groups * quarter;
        long stride = GroupBytes(columns);
        // Four groups lie far apart where the memory likes that, else beside each other.
        KernelTuning tuning = KernelTuning.Current;
        bool apart = tuning.Streams == FloatEmitter.Groups;
        long far = apart ? quarter : 1, next = apart ? 1 : FloatEmitter.Groups;
        for (int i = 0; i < quarter; i++)
        {
            FloatCall call = new()
            {
                Weights = groups + i * next * stride,
                WeightsFar = far * stride,
                Ahead = tuning.PrefetchBytes,
                Steps = columns / FloatEmitter.Step,
                X = x.Codes,
                Y = y + i * next * GroupRows,
                YFar = far * GroupRows * sizeof(float),
            };
            ((delegate* unmanaged<FloatCall*, void>)one)(&call);
        }

        if (done < count) base.Multiply(groups + done * stride, count - done, columns, x, y + done * GroupRows);
    }

    /// <inheritdoc/>
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (tiles == 0 || columns % FloatEmitter.Step != 0 || columns == 0 || TakesBFloats(rows, columns))
        {
            base.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        int tiled = rows / TileSizes.Rows * TileSizes.Rows;
        for (int row = 0; row < tiled; row++) new Span<float>(y + row * yStride, GroupRows * count).Clear();
        if (rows > TileSizes.FewRows)
        {
            for (int row = 0; row < tiled; row += TileSizes.NearRows)
                AddNear(groups, count, columns, x.Next(row * xStride), xStride, Math.Min(TileSizes.NearRows, tiled - row), y + row * yStride, yStride);
            MultiplyEach(groups, count, columns, x, xStride, tiled, rows, y, yStride);
            return;
        }

        // All of a few groups, as they lie in memory.
        long stride = GroupBytes(columns);
        for (int i = 0; i < count; i += FloatEmitter.Groups)
        {
            int some = Math.Min(FloatEmitter.Groups, count - i);
            for (int group = i; tiled > 0 && group < i + some; group++)
                AddTiles(groups + group * stride, columns, TileSizes.FloatAheadBytes, x.Codes, xStride, tiled, y + group * GroupRows, yStride);
            MultiplyEach(groups + i * stride, some, columns, x, xStride, tiled, rows, y + i * GroupRows, yStride);
        }
    }

    private void MultiplyEach(byte* groups, int count, int columns, in ActivationRow x, long xStride, int first, int rows, float* y, long yStride)
    {
        for (int row = first; row < rows; row++) Multiply(groups, count, columns, x.Next(row * xStride), y + row * yStride);
    }

    // Some columns go through all groups before the next ones do, so that a group's part of them stays in the first-level cache.
    private void AddNear(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        long stride = GroupBytes(columns);
        int most = (int)(TileSizes.ChunkBytes / GroupBytes(1));
        for (int first = 0; first < columns; first += most)
        {
            byte* chunk = groups + GroupBytes(first);
            int length = Math.Min(most, columns - first);
            for (int i = 0; i < count; i++)
                AddTiles(chunk + i * stride, length, stride, x.Codes + first * sizeof(float), xStride, rows, y + i * GroupRows, yStride);
        }
    }

    private void AddTiles(byte* group, int columns, long ahead, nint x, long xStride, int rows, float* y, long yStride)
    {
        FloatCall call = new()
        {
            Weights = group,
            Ahead = ahead,
            Steps = columns / FloatEmitter.Step,
            X = x,
            XFar = xStride,
            Tiles = rows / TileSizes.Rows,
            Y = y,
            YFar = yStride * sizeof(float),
        };
        ((delegate* unmanaged<FloatCall*, void>)tiles)(&call);
    }
}
