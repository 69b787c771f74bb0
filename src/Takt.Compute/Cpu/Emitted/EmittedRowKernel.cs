using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>A kernel in C# whose products with one row, and with few, go by emitted code, to the same bits.</summary>
/// <param name="inner">The kernel of the same format.</param>
/// <param name="layout">How it packs.</param>
/// <param name="entry">The address of the emitted code.</param>
internal sealed unsafe class EmittedRowKernel(MatrixKernel inner, PackedLayout layout, nint entry) : WrappedKernel(inner)
{
    private const int PartsPerVisit = 4;

    // So many rows are quicker one by one, from the cache after the first, than in tiles of four: those unpack first, and cost as much
    // when they are not full. Bytes need no unpacking here.
    private readonly int _fewRows = layout.Codes.LowBits == 8 ? 12 : 7;

    /// <inheritdoc/>
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        KernelTuning tuning = KernelTuning.Current;
        long stride = GroupBytes(columns);
        int streams = Math.Min(tuning.Streams, count), length = count / streams, done = streams * length;
        new Span<float>(y, GroupRows * count).Clear();
        if (columns == 0) return;
        for (int i = 0; i < length; i++) Add(groups + i * stride, streams, length, columns, tuning.PrefetchBytes, x, y + GroupRows * i);
        for (int i = done; i < count; i++) Add(groups + i * stride, 1, 1, columns, tuning.PrefetchBytes, x, y + GroupRows * i);
    }

    /// <inheritdoc/>
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        if (rows > _fewRows || columns == 0)
        {
            base.MultiplyRows(groups, count, columns, x, xStride, rows, y, yStride);
            return;
        }

        int ahead = KernelTuning.Current.PrefetchBytes;
        for (int group = 0; group < count; group++, groups += GroupBytes(columns), y += GroupRows)
        {
            for (int row = 0; row < rows; row++)
            {
                float* sums = y + row * yStride;
                new Span<float>(sums, GroupRows).Clear();
                Add(groups, 1, 1, columns, ahead, x.Next(row * xStride), sums);
            }
        }
    }

    // Adds the products of some groups, each so many after the one before it.
    private void Add(byte* group, int count, int far, int columns, int ahead, in ActivationRow x, float* y)
    {
        int blocks = columns / (32 * layout.BlockParts);
        long farBytes = far * GroupBytes(columns);
        RowCall call = new()
        {
            Scales = group,
            Planes = group + layout.ScaleBytes(blocks),
            Far = farBytes,
            FarEnd = count * farBytes,
            Blocks = blocks,
            Visit = count == 1 ? blocks : Math.Max(1, PartsPerVisit / layout.BlockParts),
            Ahead = ahead,
            X = x.Codes,
            XScales = x.Scales,
            XSums = x.Sums,
            Y = y,
            YFar = far * GroupRows * sizeof(float),
        };
        ((delegate* unmanaged<RowCall*, void>)entry)(&call);
    }
}
