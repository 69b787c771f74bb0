namespace Takt.Clock.Graphs;

/// <summary>What kind of work a moment is, which decides what bounds it.</summary>
public enum MomentKind
{
    /// <summary>Weights times rows.</summary>
    Product,

    /// <summary>Queries over stored keys and values.</summary>
    Attention,

    /// <summary>Row by row: norms, rotations, activations, sums, copies.</summary>
    Rowwise,
}

/// <summary>Weights of one format that a moment reads.</summary>
/// <param name="Format">The format's name, such as <c>q8_0</c>.</param>
/// <param name="Parameters">How many.</param>
/// <param name="Bytes">Bytes they take as the kernels read them.</param>
/// <param name="Columns">Inputs of their matrices.</param>
public readonly record struct WeightPart(string Format, long Parameters, long Bytes, long Columns);

/// <summary>The work of a moment in one cycle.</summary>
/// <param name="WeightBytes">Bytes of weights read.</param>
/// <param name="KvBytes">Bytes of keys and values read or written.</param>
/// <param name="ActivationBytes">Bytes of activations read and written.</param>
/// <param name="Flops">Floating-point operations; a multiply-add is two.</param>
public readonly record struct MomentWork(long WeightBytes, long KvBytes, long ActivationBytes, long Flops)
{
    /// <summary>All bytes.</summary>
    public long Bytes => WeightBytes + KvBytes + ActivationBytes;

    /// <summary>Operations a byte (Williams et al., 2009); 0 where nothing is moved.</summary>
    public double Intensity => Bytes == 0 ? 0 : (double)Flops / Bytes;

    /// <summary>The work of both.</summary>
    public static MomentWork operator +(MomentWork a, MomentWork b) =>
        new(a.WeightBytes + b.WeightBytes, a.KvBytes + b.KvBytes, a.ActivationBytes + b.ActivationBytes, a.Flops + b.Flops);
}

/// <summary>
/// A moment of a model before it runs: what it costs as a function of the batch. The ledger counts by the same function.
/// </summary>
/// <param name="Moment">Which moment, as the ledger registers it.</param>
/// <param name="Kind">What kind of work it is.</param>
public sealed record GraphMoment(Moment Moment, MomentKind Kind)
{
    /// <summary>The weights it reads, by format; an expert layer's are those of all experts.</summary>
    public IReadOnlyList<WeightPart> Weights { get; init; } = [];

    /// <summary>How keys and values are stored where it touches them, such as <c>f16</c>.</summary>
    public string? KvType { get; init; }

    /// <summary>Bytes of activations read and written for each row.</summary>
    public long RowBytes { get; init; }

    /// <summary>Operations for each row.</summary>
    public long RowFlops { get; init; }

    /// <summary>Bytes of keys and values written for each row.</summary>
    public long RowKvBytes { get; init; }

    /// <summary>Bytes of keys and values read for each stored token.</summary>
    public long TokenBytes { get; init; }

    /// <summary>Operations for each pair of a row and a token that it sees.</summary>
    public long PairFlops { get; init; }

    /// <summary>Tokens a row sees, itself included, or 0 for all.</summary>
    public int Window { get; init; }

    /// <summary>Whether it runs for rows with logits only.</summary>
    public bool OutputsOnly { get; init; }

    /// <summary>Experts its weights belong to; 0 where there are none.</summary>
    public int Experts { get; init; }

    /// <summary>Experts that a row uses.</summary>
    public int ExpertsUsed { get; init; }

    /// <summary>How often it hands work to the team; 0 where one thread does all of it.</summary>
    public int Calls { get; init; } = 1;

    /// <summary>The name of its <see cref="RowRate"/>: moments that do the same have the same.</summary>
    public string Rate { get; init; } = Moment.Op;

    /// <summary>The moments whose results it takes, as indices in the graph.</summary>
    public IReadOnlyList<int> Inputs { get; init; } = [];

    /// <summary>Parameters that it has and no other moment: those of a tied embedding belong to the logits.</summary>
    public long Parameters { get; init; }

    /// <summary>Bytes of <see cref="Weights"/>.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Rows of a batch that it runs for.</summary>
    public int RowsOf(CycleShape shape) => OutputsOnly ? shape.Outputs : shape.Rows;

    /// <summary>Bytes for some rows, without weights and stored tokens.</summary>
    public long BytesOf(int rows) => rows * (RowBytes + RowKvBytes);

    /// <summary>Operations for some rows, without pairs.</summary>
    public long FlopsOf(int rows) => rows * RowFlops;

    /// <summary>
    /// The share of its weights that some rows read: all, or of experts those that the rows are expected to choose when each expert
    /// is as likely as the others, 1 - (1 - used / experts)^rows.
    /// </summary>
    public double WeightShare(int rows) =>
        rows == 0 ? 0 : Experts == 0 ? 1 : 1 - Math.Pow(1 - (double)ExpertsUsed / Experts, rows);

    /// <summary>Its work in a cycle.</summary>
    public MomentWork Work(CycleShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        int rows = RowsOf(shape);
        long tokens = 0, pairs = 0;
        if (TokenBytes != 0 || PairFlops != 0)
        {
            foreach (SequenceShape sequence in shape.Sequences)
            {
                tokens += sequence.Tokens(Window);
                pairs += sequence.Pairs(Window);
            }
        }

        return new MomentWork(
            (long)(WeightBytes * WeightShare(rows)), rows * RowKvBytes + tokens * TokenBytes, rows * RowBytes, FlopsOf(rows) + pairs * PairFlops);
    }
}
