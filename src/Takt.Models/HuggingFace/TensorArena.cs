using System.Runtime.CompilerServices;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models.HuggingFace;

/// <summary>Computes the tensors of a view that differ from those in the file, when somebody needs them, and owns their memory.</summary>
/// <remarks>Shapes are GGUF's: the contiguous dimension first, so a matrix of R rows of K values has shape [K, R].</remarks>
internal sealed unsafe class TensorArena(IDisposable source) : IDisposable
{
    private readonly List<DerivedBytes> _derived = [];

    /// <summary>Computes a tensor: fills zeroed memory from where its sources lie.</summary>
    public delegate void Fill(IReadOnlyList<nint> from, nint to);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DerivedBytes derived in _derived) derived.Dispose();
        source.Dispose();
    }

    /// <summary>A tensor that is computed from others; what can be wrong with them has to be checked before.</summary>
    public Tensor Derive(string name, TensorType type, IReadOnlyList<long> shape, IReadOnlyList<Tensor> from, Fill fill)
    {
        long bytes = type.ByteLength(shape);
        var derived = new DerivedBytes(() =>
        {
            var buffer = new NativeBuffer(bytes);
            nint[] sources = [.. from.Select(static tensor => tensor.Borrow())];
            fill(sources, (nint)buffer.Bytes);
            for (int i = 0; i < sources.Length; i++)
            {
                if (from[i].IsMapped) Pages.LetGo(sources[i], from[i].ByteLength);
                from[i].GiveBack();
            }

            return ((nint)buffer.Bytes, buffer);
        });
        _derived.Add(derived);
        return new Tensor(name, type, shape, 0, bytes) { Derived = derived };
    }

    /// <summary>F32 values.</summary>
    public Tensor Of(string name, float[] values) => Derive(
        name, TensorType.F32, [values.Length], [], (_, to) => values.CopyTo(new Span<float>((void*)to, values.Length)));

    /// <summary>The values plus <paramref name="offset"/>, as F32; the tensor itself where that changes nothing.</summary>
    public Tensor ToFloat(Tensor tensor, string name, float offset = 0)
    {
        if (offset == 0 && tensor.Type == TensorType.F32) return tensor with { Name = name };
        if (tensor.Type is not (TensorType.F32 or TensorType.F16 or TensorType.BF16 or TensorType.F64)) throw NotPlain(tensor);
        return Derive(name, TensorType.F32, tensor.Shape, [tensor], (from, to) =>
        {
            for (long i = 0; i < tensor.Count; i++) ((float*)to)[i] = Value(tensor.Type, from[0], i) + offset;
        });
    }

    /// <summary>
    /// Brings the rows of each head from halves (i, i + n/2) to pairs (2i, 2i + 1): how GGUF stores queries and keys of architectures that
    /// rotate interleaved pairs.
    /// </summary>
    public Tensor InterleaveHeads(Tensor tensor, string name, int heads)
    {
        long rows = tensor.Shape[^1], rowBytes = tensor.ByteLength / rows, half = rows / heads / 2;
        if (half * 2 * heads != rows)
            throw new InvalidDataException($"tensor '{tensor.Name}' has {rows} rows; expected a multiple of {2 * heads} for {heads} heads.");
        return Derive(name, tensor.Type, tensor.Shape, [tensor], (from, to) =>
        {
            for (long row = 0; row < rows; row++)
            {
                (long head, long within) = Math.DivRem(row, 2 * half);
                Copy(from[0], (head * 2 * half + within % 2 * half + within / 2) * rowBytes, to, row * rowBytes, rowBytes);
            }
        });
    }

    /// <summary>The tensors one after the other along a new last dimension.</summary>
    public Tensor Stack(IReadOnlyList<Tensor> tensors, string name)
    {
        Tensor first = tensors[0];
        foreach (Tensor tensor in tensors)
        {
            if (tensor.Type != first.Type || !tensor.Shape.SequenceEqual(first.Shape))
            {
                throw new InvalidDataException(
                    $"tensor '{tensor.Name}' differs in type or shape from '{first.Name}'; expected experts to be alike.");
            }
        }

        return Derive(name, first.Type, [.. first.Shape, tensors.Count], tensors, (from, to) =>
        {
            for (int i = 0; i < from.Count; i++) Copy(from[i], 0, to, i * first.ByteLength, first.ByteLength);
        });
    }

    /// <summary>
    /// Swaps the first two dimensions of each matrix; of the first dimension takes only <paramref name="start"/>,
    /// <paramref name="start"/> + <paramref name="step"/>, ...
    /// </summary>
    public Tensor Transpose(Tensor tensor, string name, int start = 0, int step = 1)
    {
        long columns = tensor.Shape[0], rows = tensor.Shape[1], taken = columns / step;
        int size = ValueSize(tensor);
        long matrices = tensor.Count / (columns * rows);
        return Derive(name, tensor.Type, [rows, taken, .. tensor.Shape.Skip(2)], [tensor], (sources, target) =>
        {
            byte* to = (byte*)target;
            for (long matrix = 0; matrix < matrices; matrix++)
            {
                byte* from = (byte*)sources[0] + matrix * columns * rows * size;
                for (long column = 0; column < taken; column++)
                {
                    byte* next = from + (start + column * step) * size;
                    for (long row = 0; row < rows; row++, next += columns * size, to += size) Unsafe.CopyBlockUnaligned(to, next, (uint)size);
                }
            }
        });
    }

    /// <summary>Every second value of each row, beginning with <paramref name="start"/>.</summary>
    public Tensor EverySecond(Tensor tensor, string name, int start)
    {
        int size = ValueSize(tensor);
        long count = tensor.Count / 2;
        return Derive(name, tensor.Type, [tensor.Shape[0] / 2, .. tensor.Shape.Skip(1)], [tensor], (from, to) =>
        {
            for (long i = 0; i < count; i++) Copy(from[0], (2 * i + start) * size, to, i * size, size);
        });
    }

    private static void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes) =>
        Buffer.MemoryCopy((byte*)from + fromOffset, (byte*)to + toOffset, bytes, bytes);

    private static float Value(TensorType type, nint data, long index) => type switch
    {
        TensorType.F32 => ((float*)data)[index],
        TensorType.F16 => (float)((Half*)data)[index],
        TensorType.BF16 => BitConverter.Int32BitsToSingle(((ushort*)data)[index] << 16),
        _ => (float)((double*)data)[index],
    };

    private static int ValueSize(Tensor tensor) => tensor.Type.IsQuantized() ? throw NotPlain(tensor) : tensor.Type.BlockBytes();

    private static InvalidDataException NotPlain(Tensor tensor) =>
        new($"tensor '{tensor.Name}' is {tensor.Type}; expected F32, F16 or BF16.");
}
