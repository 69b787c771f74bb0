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
    private readonly AttentionPlan _attention = new();
    private readonly KvEntries?[] _kvEntries = new KvEntries?[Enum.GetValues<KvType>().Length];

    /// <inheritdoc/>
    public override string Name => emitted ?? T.Name;

    /// <inheritdoc/>
    public override Numerics Numerics =>
        emitted is not null && EmittedKernels.Unavailable(emitted, numerics) is null ? numerics : Numerics.Exact;

    /// <inheritdoc/>
    public override Matrix Describe(WeightFormat format, nint source, int rows, int columns, bool mapped = false)
    {
        if (!_kernels.TryGetValue(format.Name, out MatrixKernel? kernel))
            _kernels.Add(format.Name, kernel = Kernel(format.Name));
        return new Matrix(format, rows, columns, source, kernel) { SourceIsMapped = mapped };
    }

    private MatrixKernel Kernel(string format)
    {
        MatrixKernel plain = MatrixKernels.For<T>(format);
        MatrixKernel kernel = emitted is null ? plain : EmittedKernels.Wrap(plain, format, emitted, Numerics);
        if (kernel.QuantizesActivations) return typeof(T) == typeof(Lanes256) ? EmittedKernels.WrapQuantized(kernel, format) : kernel;
        // Wider lanes take from it only what they cannot convert themselves, and multiply tiles by themselves.
        bool wider = typeof(T) == typeof(Lanes512);
        if (!TakesEmitted || (wider && format != WeightFormat.F16.Name)) return kernel;
        return EmittedKernels.WrapFloats(kernel, plain, format, tiles: !wider);
    }

    private static bool TakesEmitted =>
        typeof(T) == typeof(Lanes256) || typeof(T) == typeof(Lanes512) || typeof(T) == typeof(LanesVnni256);

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
    public override void KvStore(Rows keys, Rows values, ReadOnlySpan<BatchSlice> slices, in KvLayer layer)
    {
        _attention.Take(slices);
        switch (layer.Type)
        {
            case KvType.F32: KvStore<FloatKv<SinglePlane>>(keys, values, layer); break;
            case KvType.F16: KvStore<FloatKv<HalfPlane>>(keys, values, layer); break;
            case KvType.BF16: KvStore<FloatKv<BFloat16Plane>>(keys, values, layer); break;
            default: KvStore<QuantizedKv>(keys, values, layer); break;
        }
    }

    private void KvStore<TKv>(Rows keys, Rows values, in KvLayer layer) where TKv : struct, IKvFormat<TKv>
    {
        const int FewRows = 4; // not worth a barrier
        var task = new KvStore<T, TKv>(keys, values, _attention, layer);
        if (_attention.Rows > FewRows) Team.Run(layer.Heads, task);
        else for (int head = 0; head < layer.Heads; head++) task.Run(head, 0);
    }

    /// <inheritdoc/>
    public override void Attention(Rows queries, ReadOnlySpan<BatchSlice> slices, in KvLayer layer, in AttentionShape shape, Rows output)
    {
        _attention.Take(slices);
        _attention.Prepare(layer, shape, Team.Threads);
        switch (layer.Type)
        {
            case KvType.F32: Attention<FloatKv<SinglePlane>>(queries, layer, shape, output); break;
            case KvType.F16: Attention<FloatKv<HalfPlane>>(queries, layer, shape, output); break;
            case KvType.BF16: Attention<FloatKv<BFloat16Plane>>(queries, layer, shape, output); break;
            default: Attention<QuantizedKv>(queries, layer, shape, output); break;
        }
    }

    private void Attention<TKv>(Rows queries, in KvLayer layer, in AttentionShape shape, Rows output) where TKv : struct, IKvFormat<TKv>
    {
        KvEntries entries = Entries(layer.Type);
        var task = new Attention<T, TKv>(queries, _attention, layer, shape, entries, output);
        Team.Run(_attention.Pieces.Count, task);
        if (_attention.Merges.Count > 0)
            Team.Run(_attention.Merges.Count, new MergeAttention<T, TKv>(_attention, task, layer.PaddedHeadSize));
    }

    /// <inheritdoc/>
    public override void PrepareAttention(KvType type) => Entries(type);

    private KvEntries Entries(KvType type) => _kvEntries[(int)type] ??=
        TakesEmitted ? EmittedKernels.Attention(type, wider: typeof(T) == typeof(Lanes512)) : default;

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
        _attention.Dispose();
        base.Dispose();
    }
}
