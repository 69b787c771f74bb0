using System.Runtime.CompilerServices;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>How a set of products is cut into pieces, and the quantised activations they share. Reused from call to call.</summary>
internal sealed unsafe class MatMulPlan : IDisposable
{
    // Of many rows, pieces are alike, so that a piece's sums stay in the second-level cache.
    private const int PiecesPerThread = 6, FewRows = 16;

    private readonly Activations _activations = new();
    private Projection[] _projections = new Projection[4];
    private int[] _quantized = new int[4];
    private bool[] _shorts = new bool[4];
    private Piece[] _pieces = new Piece[32];
    private int _count;

    /// <summary>Number of pieces.</summary>
    public int Pieces { get; private set; }

    /// <summary>Rows of activations that must be quantised, or rounded to bfloat16, first.</summary>
    public int QuantizedRows { get; private set; }

    /// <summary>Takes in the products of one call.</summary>
    public void Prepare(ReadOnlySpan<Projection> projections, int threads)
    {
        if (projections.Length > _projections.Length)
        {
            Array.Resize(ref _projections, projections.Length);
            Array.Resize(ref _quantized, projections.Length);
            Array.Resize(ref _shorts, projections.Length);
        }

        projections.CopyTo(_projections);
        _count = projections.Length;
        Cut(threads);
        PlaceActivations();
    }

    // The first pieces are large, because a stream is slow where it begins; later ones are ever smaller, so that threads end together.
    private void Cut(int threads)
    {
        int left = 0, rows = 0;
        for (int i = 0; i < _count; i++)
        {
            left += Groups(_projections[i]);
            rows = Math.Max(rows, _projections[i].X.Count);
        }

        Pieces = 0;
        int equal = left / (threads * PiecesPerThread);
        for (int i = 0; i < _count; i++)
        {
            int groups = Groups(_projections[i]);
            for (int first = 0; first < groups;)
            {
                int most = rows > FewRows ? equal : threads == 1 ? left : left / (2 * threads);
                // Multiples of four, so that four streams are walked to their ends together.
                int count = Math.Min(Math.Max(4, (most + 3) / 4 * 4), groups - first);
                if (Pieces == _pieces.Length) Array.Resize(ref _pieces, 2 * Pieces);
                _pieces[Pieces++] = new Piece(i, first, count);
                first += count;
                left -= count;
            }
        }
    }

    // Products that follow each other with the same input in the same form share its rows.
    private void PlaceActivations()
    {
        int rows = 0, width = 0;
        for (int i = 0; i < _count; i++)
        {
            bool bfloats = TakesBFloats(_projections[i]);
            if (!bfloats && !_projections[i].W.Kernel!.QuantizesActivations)
            {
                _quantized[i] = -1;
                continue;
            }

            bool shared = i > 0 && _quantized[i - 1] >= 0 && _projections[i].X == _projections[i - 1].X
                && bfloats == TakesBFloats(_projections[i - 1]);
            _quantized[i] = shared ? _quantized[i - 1] : rows;
            _shorts[i] = _projections[i].W.Kernel!.TakesShorts || (shared && _shorts[i - 1]);
            if (!shared) rows += _projections[i].X.Count;
            width = Math.Max(width, _projections[i].X.Width);
        }

        QuantizedRows = rows;
        if (rows > 0) _activations.Reserve(rows, width);
    }

    private static bool TakesBFloats(in Projection projection) =>
        projection.W.Kernel!.TakesBFloats(projection.X.Count, projection.W.Columns);

    private static int Groups(in Projection projection) =>
        projection.X.Count == 0 ? 0 : (projection.W.Rows + MatrixKernel.GroupRows - 1) / MatrixKernel.GroupRows;

    /// <summary>Quantises one row, or rounds it to bfloat16.</summary>
    public void Quantize<T>(int row) where T : struct, ILanes<T>
    {
        // The last product that shares the row knows whether any before it takes it as 16-bit integers.
        int i = _count - 1;
        while (_quantized[i] < 0 || _quantized[i] > row || row >= _quantized[i] + _projections[i].X.Count) i--;
        Rows x = _projections[i].X;
        if (TakesBFloats(_projections[i]))
        {
            Activations.StoreBFloats<T>(x[row - _quantized[i]], x.Width, _activations[row]);
            return;
        }

        Activations.Quantize<T>(x[row - _quantized[i]], x.Width, _activations[row]);
        if (x.Count > 1 && _shorts[i]) Activations.StoreShorts<T>(_activations[row], x.Width);
    }

    /// <summary>Computes one piece: some groups of one product, for all of its rows.</summary>
    [MethodImpl(Compile.AtOnce)]
    public void Run<T>(int piece) where T : struct, ILanes<T>
    {
        (int i, int first, int count) = _pieces[piece];
        ref readonly Projection p = ref _projections[i];
        MatrixKernel kernel = p.W.Kernel!;
        int columns = p.W.Columns;
        long groupBytes = kernel.GroupBytes(columns);
        byte* groups = p.W.Data + first * groupBytes;
        int column = first * MatrixKernel.GroupRows;
        int rows = p.X.Count;
        if (rows == 1)
        {
            kernel.Multiply(groups, count, columns, Input(i, 0), p.Y[0] + column);
        }
        else
        {
            ActivationRow x = Input(i, 0);
            long xStride = _quantized[i] >= 0 ? _activations.RowBytes : (long)p.X.Stride * sizeof(float);
            kernel.MultiplyRows(groups, count, columns, x, xStride, rows, p.Y[0] + column, p.Y.Stride);
        }

        if (p.Bias != 0) AddBias<T>(p, column, count * MatrixKernel.GroupRows);
    }

    private ActivationRow Input(int projection, int row) => _quantized[projection] >= 0
        ? _activations[_quantized[projection] + row]
        : new ActivationRow((nint)_projections[projection].X[row], 0, 0);

    private static void AddBias<T>(in Projection p, int column, int count) where T : struct, ILanes<T>
    {
        float* bias = (float*)p.Bias + column;
        for (int row = 0; row < p.X.Count; row++)
        {
            float* y = p.Y[row] + column;
            for (int k = 0; k < count; k += 16) T.Store(T.Add(T.Load(y + k), T.Load(bias + k)), y + k);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _activations.Dispose();

    // Groups of a product that one thread multiplies.
    private readonly record struct Piece(int Projection, int First, int Count);
}

/// <summary>Quantises the activations of a plan, a row a piece.</summary>
internal readonly struct QuantizeRows<T>(MatMulPlan plan) : ITask where T : struct, ILanes<T>
{
    public void Run(int index, int thread) => plan.Quantize<T>(index);
}

/// <summary>Products with packed matrices: Y = X * W^T + bias.</summary>
internal readonly struct MatMul<T>(MatMulPlan plan) : ITask where T : struct, ILanes<T>
{
    public void Run(int index, int thread) => plan.Run<T>(index);
}
