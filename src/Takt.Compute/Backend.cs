using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute;

/// <summary>The operations a model is made of. A method is a moment of the clock.</summary>
/// <remarks>
/// All rows follow <see cref="Rows"/>' rule on padding. Weights of norms and biases are float arrays padded with zeros to a
/// multiple of 16. A backend serves one caller at a time.
/// </remarks>
public abstract unsafe class Backend(Team team) : IDisposable
{
    /// <summary>The environment variable that names the tier to use.</summary>
    public const string TierVariable = "TAKT_ISA";

    /// <summary>The threads that the operations run on.</summary>
    public Team Team { get; } = team;

    /// <summary>The tier: scalar, vector128, avx2, avxvnni, avx512, avx512vnni, amx or reference.</summary>
    public abstract string Name { get; }

    /// <summary>What its products are: fast only where that was asked for and this machine has it.</summary>
    public virtual Numerics Numerics => Numerics.Exact;

    /// <summary>Describes a matrix; before products it has to be packed, alone or with others as <see cref="PackedWeights"/>.</summary>
    /// <param name="format">How the weights are stored.</param>
    /// <param name="source">The file's bytes, row after row; they must stay where they are until the matrix is packed, or as long as it
    /// lives where <see cref="Matrix.PackedBytes"/> is 0.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs; a multiple of the format's block.</param>
    /// <param name="mapped">Whether the source is a mapped file, whose pages can be let go.</param>
    public abstract Matrix Describe(WeightFormat format, nint source, int rows, int columns, bool mapped = false);

    /// <summary>Describes a matrix and packs it into memory of its own.</summary>
    public Matrix Load(WeightFormat format, nint source, int rows, int columns)
    {
        Matrix matrix = Describe(format, source, rows, columns);
        matrix.PackAlone(Team);
        return matrix;
    }

    /// <summary>All products, as one piece of parallel work.</summary>
    public abstract void MatMul(ReadOnlySpan<Projection> projections);

    /// <summary>y = x / rms(x) * weight.</summary>
    public abstract void RmsNorm(Rows x, float* weight, float epsilon, Rows y);

    /// <summary>y = (x - mean(x)) / deviation(x) * weight + bias; bias may be null.</summary>
    public abstract void LayerNorm(Rows x, float* weight, float* bias, float epsilon, Rows y);

    /// <summary>RMS norm of every head of every row, in place; all heads share the weight.</summary>
    public abstract void HeadNorm(Rows x, int headSize, float* weight, float epsilon);

    /// <summary>Rotates the first <paramref name="ropeSize"/> values of every head, in place.</summary>
    /// <param name="x">Rows of heads.</param>
    /// <param name="headSize">Values in a head.</param>
    /// <param name="ropeSize">Rotated values, even.</param>
    /// <param name="interleaved">Pairs are neighbours; else halves.</param>
    /// <param name="angles">For each row of x: ropeSize/2 cosines padded to a multiple of 16, then as many sines.</param>
    public abstract void Rope(Rows x, int headSize, int ropeSize, bool interleaved, Rows angles);

    /// <summary>Puts the keys and values of a batch's rows into the cache.</summary>
    public abstract void KvStore(Rows keys, Rows values, ReadOnlySpan<BatchSlice> slices, in KvLayer layer);

    /// <summary>Causal attention of a batch's rows over everything in their sequences up to their own positions.</summary>
    public abstract void Attention(Rows queries, ReadOnlySpan<BatchSlice> slices, in KvLayer layer, in AttentionShape shape, Rows output);

    /// <summary>Makes what <see cref="Attention"/> needs for a type of keys and values, which is otherwise made when it is first called.</summary>
    public virtual void PrepareAttention(KvType type)
    {
    }

    /// <summary>The feed-forward activation; the result replaces <paramref name="up"/>.</summary>
    public abstract void Activate(Activation kind, Rows gate, Rows up);

    /// <summary>y += scale * x.</summary>
    public abstract void AddScaled(Rows x, float scale, Rows y);

    /// <summary>x *= scale, then cap * tanh(x / cap) where cap is not 0.</summary>
    public abstract void ScaleAndCap(Rows x, float scale, float cap);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
