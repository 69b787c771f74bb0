using Takt.Compute.Blocks;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Cpu.Kernels;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu;

/// <summary>The backend of one hardware tier: every kernel over its lanes, spread over the team.</summary>
/// <param name="team">The threads.</param>
/// <param name="emitted">The emitted tier that products with many rows go by where it has them; null for none.</param>
/// <param name="numerics">What products may be; fast ones are emitted.</param>
internal sealed unsafe class CpuBackend<T>(Team team, string? emitted = null, Numerics numerics = Numerics.Exact) : Backend(team)
    where T : struct, ILanes<T>
{
    private readonly Dictionary<string, MatrixKernel> _kernels = new(StringComparer.Ordinal);
    private readonly MatMulPlan _plan = new();
    private NativeBuffer _attentionScratch = new(0);

    /// <inheritdoc/>
    public override string Name => emitted ?? T.Name;

    /// <inheritdoc/>
    public override Numerics Numerics =>
        emitted is not null && EmittedKernels.Unavailable(emitted, numerics) is null ? numerics : Numerics.Exact;

    /// <inheritdoc/>
    public override Matrix Load(WeightFormat format, nint source, int rows, int columns)
    {
        if (!_kernels.TryGetValue(format.Name, out MatrixKernel? kernel))
            _kernels.Add(format.Name, kernel = Kernel(format.Name));
        int groups = (rows + MatrixKernel.GroupRows - 1) / MatrixKernel.GroupRows;
        var packed = new NativeBuffer(kernel.GroupBytes(columns) * groups);
        Team.Run(groups, new Pack(kernel, format, (byte*)source, rows, columns, packed.Bytes));
        return new Matrix(format, rows, columns, kernel, packed);
    }

    private MatrixKernel Kernel(string format)
    {
        MatrixKernel kernel = MatrixKernels.For<T>(format);
        return emitted is null ? kernel : EmittedKernels.Wrap(kernel, format, emitted, Numerics);
    }

    /// <inheritdoc/>
    public override void MatMul(ReadOnlySpan<Projection> projections)
    {
        _plan.Prepare(projections, Team.Threads);
        if (_plan.QuantizedRows > 0) Team.Run(_plan.QuantizedRows, new QuantizeRows<T>(_plan));
        Team.Run(_plan.Pieces, new MatMul<T>(_plan));
    }

    /// <inheritdoc/>
    public override void RmsNorm(Rows x, float* weight, float epsilon, Rows y) =>
        Team.Run(x.Count, new RmsNorm<T>(x, weight, epsilon, y));

    /// <inheritdoc/>
    public override void LayerNorm(Rows x, float* weight, float* bias, float epsilon, Rows y) =>
        Team.Run(x.Count, new LayerNorm<T>(x, weight, bias, epsilon, y));

    /// <inheritdoc/>
    public override void HeadNorm(Rows x, int headSize, float* weight, float epsilon) =>
        Team.Run(x.Count, new HeadNorm<T>(x, headSize, weight, epsilon));

    /// <inheritdoc/>
    public override void Rope(Rows x, int headSize, int ropeSize, bool interleaved, Rows angles) =>
        Team.Run(x.Count, new Rope<T>(x, headSize, ropeSize, interleaved, angles));

    /// <inheritdoc/>
    public override void KvStore(Rows keys, Rows values, in BatchSlice slice, in KvLayer layer)
    {
        var task = new KvStore<T>(keys, values, slice, layer);
        if (slice.Rows > 1) Team.Run(layer.Heads, task);
        else for (int head = 0; head < layer.Heads; head++) task.Run(head, 0);
    }

    /// <inheritdoc/>
    public override void Attention(Rows queries, in BatchSlice slice, in KvLayer layer, in AttentionShape shape, Rows output)
    {
        if (layer.Half) Attention<HalfPlane>(queries, slice, layer, shape, output);
        else Attention<SinglePlane>(queries, slice, layer, shape, output);
    }

    private void Attention<TKv>(Rows queries, in BatchSlice slice, in KvLayer layer, in AttentionShape shape, Rows output)
        where TKv : struct, IFloatPlane<TKv>
    {
        // In steps, so that a growing context does not reallocate at every token.
        int positions = (slice.FirstPosition + slice.Rows + 1023) & ~1023;
        long perThread = Kernels.Attention<T, TKv>.Scratch(positions, layer.HeadSize);
        if (_attentionScratch.Length < perThread * Team.Threads * sizeof(float))
        {
            _attentionScratch.Dispose();
            _attentionScratch = new NativeBuffer(perThread * Team.Threads * sizeof(float));
        }

        var task = new Attention<T, TKv>(queries, slice, layer, shape, output, _attentionScratch.Floats, perThread);
        Team.Run(task.Pieces, task);
    }

    /// <inheritdoc/>
    public override void Activate(Activation kind, Rows gate, Rows up) => Team.Run(up.Count, new Activate<T>(kind, gate, up));

    /// <inheritdoc/>
    public override void AddScaled(Rows x, float scale, Rows y) => Team.Run(x.Count, new AddScaled<T>(x, scale, y));

    /// <inheritdoc/>
    public override void ScaleAndCap(Rows x, float scale, float cap) => Team.Run(x.Count, new ScaleAndCap<T>(x, scale, cap));

    /// <inheritdoc/>
    public override void Dispose()
    {
        _plan.Dispose();
        _attentionScratch.Dispose();
        base.Dispose();
    }

    private readonly struct Pack(MatrixKernel kernel, WeightFormat format, byte* source, int rows, int columns, byte* packed) : ITask
    {
        public void Run(int index, int thread)
        {
            int first = index * MatrixKernel.GroupRows;
            long rowBytes = (long)columns / format.BlockValues * format.BlockBytes;
            kernel.Pack(
                source + first * rowBytes, Math.Min(MatrixKernel.GroupRows, rows - first), columns, packed + index * kernel.GroupBytes(columns));
        }
    }
}
