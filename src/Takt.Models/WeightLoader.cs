using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Models.Architectures;
using Takt.Models.Packing;

namespace Takt.Models;

/// <summary>A matrix and its bias (padded floats, or 0).</summary>
internal readonly record struct Linear(Matrix W, nint Bias)
{
    /// <summary>The product with rows of activations.</summary>
    public Projection Of(Rows x, Rows y) => new(W, x, y, Bias);
}

/// <summary>The weight and bias of a norm as padded floats; a bias of 0 is none.</summary>
internal readonly record struct NormWeights(nint Weight, nint Bias);

/// <summary>Brings a file's tensors into the form that a backend works with; owns what it makes.</summary>
/// <remarks>Matrices are described first and packed all together by <see cref="Pack"/>.</remarks>
internal sealed unsafe class WeightLoader(Backend backend) : IDisposable
{
    private readonly List<NativeBuffer> _vectors = [];
    private readonly List<Matrix> _matrices = [];
    private PackedWeights? _packed;
    private FileMapping? _cached;

    /// <summary>The stored format of a tensor.</summary>
    /// <exception cref="InvalidDataException">The tensor's type is not one that can be computed with.</exception>
    public static WeightFormat Format(Tensor tensor) =>
        WeightFormat.Find(tensor.Type.Name()) ?? throw new InvalidDataException(
            $"tensor '{tensor.Name}' has type {tensor.Type.Name()}, which holds no weights; known are {string.Join(", ", WeightFormat.All.Select(f => f.Name))}.");

    /// <summary>A linear map.</summary>
    public Linear Linear(WeightAndBias tensors) => Linear(tensors, 0, (int)tensors.Weight.Shape[1]);

    /// <summary>Some outputs of a linear map, as part of a fused matrix.</summary>
    public Linear Linear(WeightAndBias tensors, int first, int count) => new(
        LoadMatrix(tensors.Weight, first, count), tensors.Bias is null ? 0 : Vector(tensors.Bias, first, count));

    /// <summary>The linear maps of all experts of a layer, from tensors with a dimension more.</summary>
    public Linear[] Experts(WeightAndBias tensors)
    {
        int rows = (int)tensors.Weight.Shape[1];
        var experts = new Linear[tensors.Weight.Shape[2]];
        for (int i = 0; i < experts.Length; i++) experts[i] = Linear(tensors, i * rows, rows);
        return experts;
    }

    /// <summary>A norm, or null for none.</summary>
    public NormWeights? Norm(WeightAndBias? tensors) => tensors is null
        ? null
        : new NormWeights(Vector(tensors.Weight), tensors.Bias is null ? 0 : Vector(tensors.Bias));

    /// <summary>All values of a tensor as padded floats.</summary>
    public nint Vector(Tensor tensor) => Vector(tensor, 0, checked((int)tensor.Count));

    private nint Vector(Tensor tensor, int first, int count)
    {
        WeightFormat format = Format(tensor);
        if (first % format.BlockValues != 0 || count % format.BlockValues != 0)
            throw new InvalidDataException($"tensor '{tensor.Name}' is {format.Name}, whose blocks do not fit {count} values; store it as f32.");
        var buffer = new NativeBuffer(Rows.Pad(count) * sizeof(float));
        _vectors.Add(buffer);
        format.Dequantize((byte*)tensor.Borrow() + format.Bytes(first), buffer.Floats, count);
        tensor.GiveBack();
        return (nint)buffer.Floats;
    }

    private Matrix LoadMatrix(Tensor tensor, int firstRow, int rows)
    {
        WeightFormat format = Format(tensor);
        int columns = checked((int)tensor.RowLength);
        nint start = (nint)(firstRow * (columns / format.BlockValues * (long)format.BlockBytes));
        Matrix matrix;
        if (tensor.Derived is { } derived)
        {
            matrix = backend.Describe(format, 0, rows, columns);
            // What a backend does not pack has to stay; the rest is computed for as long as it is packed.
            if (matrix.PackedBytes == 0) matrix = backend.Describe(format, tensor.Data + start, rows, columns);
            else matrix.LendSource(() => derived.Borrow() + start, derived.GiveBack);
        }
        else
        {
            matrix = backend.Describe(format, tensor.Data + start, rows, columns, tensor.IsMapped);
        }

        _matrices.Add(matrix);
        return matrix;
    }

    /// <summary>Packs every matrix that was asked for, or maps them where a cache has them; products work from then on.</summary>
    /// <param name="file">Where the matrices are from.</param>
    /// <param name="cache">Keeps what was packed, or null.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    public WeightMemory Pack(ModelFile file, PackCache? cache, Action<double>? progress)
    {
        _packed = new PackedWeights(_matrices);
        if (cache is null || _packed.Length == 0)
        {
            _packed.Pack(backend.Team, progress);
            return Memory(WeightOrigin.Packed);
        }

        byte[] fingerprint = SourceFingerprint.Of(file);
        string path = cache.PathOf(file, fingerprint);
        _cached = PackedFile.Open(path, _packed, fingerprint);
        if (_cached is not null) return Memory(WeightOrigin.Cache);
        _packed.Pack(backend.Team, progress);
        return Memory(PackedFile.TryWrite(path, _packed, fingerprint) ? WeightOrigin.PackedAndKept : WeightOrigin.Packed);
    }

    private WeightMemory Memory(WeightOrigin origin) => new(origin, _packed!.Length, _vectors.Sum(static vector => vector.Length));

    /// <inheritdoc/>
    public void Dispose()
    {
        _packed?.Dispose();
        _cached?.Dispose();
        _vectors.ForEach(static vector => vector.Dispose());
    }
}
