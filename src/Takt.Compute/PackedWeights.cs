using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute;

/// <summary>
/// The packed matrices of a model, one after the other in one stretch of memory: what large pages and a file of packed weights want.
/// </summary>
/// <remarks>The layout depends on the matrices alone; it is the same on every tier and for every number of threads.</remarks>
public sealed unsafe class PackedWeights : IDisposable
{
    /// <summary>Changes with the layout of packed matrices: what was packed under another number cannot be used.</summary>
    public const int LayoutVersion = 1;

    // What a thread packs at a time: little enough that pages of the source do not pile up.
    private const long PieceBytes = 1 << 20;
    private const int PiecesPerReport = 64;

    private readonly Matrix[] _matrices;
    private readonly long[] _offsets;
    private NativeBuffer? _memory;

    /// <summary>Lays out those of the matrices that a backend packs.</summary>
    public PackedWeights(IEnumerable<Matrix> matrices)
    {
        _matrices = [.. matrices.Where(static matrix => matrix.PackedBytes > 0)];
        _offsets = new long[_matrices.Length];
        for (int i = 0; i < _matrices.Length; i++)
        {
            _offsets[i] = Length;
            Length += (_matrices[i].PackedBytes + NativeBuffer.Alignment - 1) & -NativeBuffer.Alignment;
        }
    }

    /// <summary>The matrices, in the order in which they lie.</summary>
    public IReadOnlyList<Matrix> Matrices => _matrices;

    /// <summary>Bytes of all of them.</summary>
    public long Length { get; }

    /// <summary>The first byte, or null before there is any.</summary>
    public byte* Data { get; private set; }

    /// <summary>Where a matrix begins, in bytes from the first.</summary>
    public long Offset(int matrix) => _offsets[matrix];

    /// <summary>Packs all matrices into fresh memory; pages of mapped sources are let go as they are done with.</summary>
    /// <param name="team">The threads that pack.</param>
    /// <param name="progress">Told the share that is done, 0 to 1, on the calling thread.</param>
    public void Pack(Team team, Action<double>? progress = null)
    {
        _memory = new NativeBuffer(Length, KernelTuning.Current.HugePages);
        Use(_memory.Bytes);
        List<Piece> pieces = Pieces();
        int borrowed = 0, givenBack = 0;
        try
        {
            for (int first = 0; first < pieces.Count; first += PiecesPerReport)
            {
                int count = Math.Min(PiecesPerReport, pieces.Count - first);
                // Matrices may share a source: it is borrowed again before it is given back.
                for (int last = pieces[first + count - 1].Number; borrowed <= last; borrowed++) _matrices[borrowed].BorrowSource();
                for (int next = pieces[first].Number; givenBack < next; givenBack++) _matrices[givenBack].GiveSourceBack();
                team.Run(count, new PackTask(_matrices, pieces, first));
                progress?.Invoke((double)(first + count) / pieces.Count);
            }
        }
        finally
        {
            for (; givenBack < borrowed; givenBack++) _matrices[givenBack].GiveSourceBack();
        }

        // Beside a page that is touched the system maps others, some of them in pieces that were let go before.
        foreach (Matrix matrix in _matrices) matrix.LetSourceGo();
    }

    /// <summary>Takes all matrices as they lie, packed, in memory that outlives this.</summary>
    public void Use(byte* data)
    {
        Data = data;
        for (int i = 0; i < _matrices.Length; i++) _matrices[i].Place(data + _offsets[i]);
    }

    private List<Piece> Pieces()
    {
        var pieces = new List<Piece>();
        for (int number = 0; number < _matrices.Length; number++)
        {
            Matrix matrix = _matrices[number];
            int groups = (int)Math.Clamp(PieceBytes * matrix.Groups / matrix.PackedBytes, 1, matrix.Groups);
            for (int first = 0; first < matrix.Groups; first += groups)
                pieces.Add(new Piece(number, first, Math.Min(groups, matrix.Groups - first)));
        }

        return pieces;
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();

    private readonly record struct Piece(int Number, int FirstGroup, int Groups);

    private readonly struct PackTask(Matrix[] matrices, List<Piece> pieces, int first) : ITask
    {
        public void Run(int index, int thread)
        {
            Piece piece = pieces[first + index];
            matrices[piece.Number].Pack(piece.FirstGroup, piece.Groups);
        }
    }
}
