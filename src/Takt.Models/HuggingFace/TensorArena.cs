using System.Runtime.CompilerServices;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models.HuggingFace;

/// <summary>Computes the tensors of a view that differ from those in the file, and owns their memory.</summary>
/// <remarks>Shapes are GGUF's: the contiguous dimension first, so a matrix of R rows of K values has shape [K, R].</remarks>
internal sealed unsafe class TensorArena(IDisposable source) : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBuffer buffer in _buffers) buffer.Dispose();
        source.Dispose();
    }

    /// <summary>Zeroed memory for a tensor.</summary>
    public Tensor Allocate(string name, TensorType type, params IReadOnlyList<long> shape)
    {
        long bytes = type.ByteLength(shape);
        var buffer = new NativeBuffer(bytes);
        _buffers.Add(buffer);
        return new Tensor(name, type, shape, (nint)buffer.Bytes, bytes);
    }

    /// <summary>F32 values.</summary>
    public Tensor Of(string name, ReadOnlySpan<float> values)
    {
        Tensor result = Allocate(name, TensorType.F32, values.Length);
        values.CopyTo(new Span<float>((void*)result.Data, values.Length));
        return result;
    }

    /// <summary>The values plus <paramref name="offset"/>, as F32; the tensor itself where that changes nothing.</summary>
    public Tensor ToFloat(Tensor tensor, string name, float offset = 0)
    {
        if (offset == 0 && tensor.Type == TensorType.F32) return tensor with { Name = name };
        Tensor result = Allocate(name, TensorType.F32, tensor.Shape);
        float* to = (float*)result.Data;
        for (long i = 0; i < tensor.Count; i++) to[i] = Value(tensor, i) + offset;
        return result;
    }

    /// <summary>
    /// Brings the rows of each head from halves (i, i + n/2) to pairs (2i, 2i + 1): how GGUF stores queries and keys of architectures that
    /// rotate interleaved pairs.
    /// </summary>
    public Tensor InterleaveHeads(Tensor tensor, string name, int heads)
    {
        Tensor result = Allocate(name, tensor.Type, tensor.Shape);
        long rows = tensor.Shape[^1], rowBytes = tensor.ByteLength / rows, half = rows / heads / 2;
        if (half * 2 * heads != rows)
            throw new InvalidDataException($"tensor '{tensor.Name}' has {rows} rows; expected a multiple of {2 * heads} for {heads} heads.");
        for (long row = 0; row < rows; row++)
        {
            (long head, long within) = Math.DivRem(row, 2 * half);
            long from = head * 2 * half + within % 2 * half + within / 2;
            Copy(tensor.Data, from * rowBytes, result.Data, row * rowBytes, rowBytes);
        }

        return result;
    }

    /// <summary>The tensors one after the other along a new last dimension.</summary>
    public Tensor Stack(IReadOnlyList<Tensor> tensors, string name)
    {
        Tensor first = tensors[0];
        Tensor result = Allocate(name, first.Type, [.. first.Shape, tensors.Count]);
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Type != first.Type || !tensors[i].Shape.SequenceEqual(first.Shape))
            {
                throw new InvalidDataException(
                    $"tensor '{tensors[i].Name}' differs in type or shape from '{first.Name}'; expected experts to be alike.");
            }

            Copy(tensors[i].Data, 0, result.Data, i * first.ByteLength, first.ByteLength);
        }

        return result;
    }

    /// <summary>
    /// Swaps the first two dimensions of each matrix; of the first dimension takes only <paramref name="start"/>,
    /// <paramref name="start"/> + <paramref name="step"/>, ...
    /// </summary>
    public Tensor Transpose(Tensor tensor, string name, int start = 0, int step = 1)
    {
        long columns = tensor.Shape[0], rows = tensor.Shape[1], taken = columns / step;
        Tensor result = Allocate(name, tensor.Type, [rows, taken, .. tensor.Shape.Skip(2)]);
        int size = ValueSize(tensor);
        long matrices = tensor.Count / (columns * rows);
        byte* to = (byte*)result.Data;
        for (long matrix = 0; matrix < matrices; matrix++)
        {
            byte* from = (byte*)tensor.Data + matrix * columns * rows * size;
            for (long column = 0; column < taken; column++)
            {
                byte* next = from + (start + column * step) * size;
                for (long row = 0; row < rows; row++, next += columns * size, to += size) Unsafe.CopyBlockUnaligned(to, next, (uint)size);
            }
        }

        return result;
    }

    /// <summary>Every second value of each row, beginning with <paramref name="start"/>.</summary>
    public Tensor EverySecond(Tensor tensor, string name, int start)
    {
        Tensor result = Allocate(name, tensor.Type, [tensor.Shape[0] / 2, .. tensor.Shape.Skip(1)]);
        int size = ValueSize(tensor);
        for (long i = 0; i < result.Count; i++) Copy(tensor.Data, (2 * i + start) * size, result.Data, i * size, size);
        return result;
    }

    private static void Copy(nint from, long fromOffset, nint to, long toOffset, long bytes) =>
        Buffer.MemoryCopy((byte*)from + fromOffset, (byte*)to + toOffset, bytes, bytes);

    private static float Value(Tensor tensor, long index) => tensor.Type switch
    {
        TensorType.F32 => ((float*)tensor.Data)[index],
        TensorType.F16 => (float)((Half*)tensor.Data)[index],
        TensorType.BF16 => BitConverter.Int32BitsToSingle(((ushort*)tensor.Data)[index] << 16),
        TensorType.F64 => (float)((double*)tensor.Data)[index],
        _ => throw NotPlain(tensor),
    };

    private static int ValueSize(Tensor tensor) => tensor.Type.IsQuantized() ? throw NotPlain(tensor) : tensor.Type.BlockBytes();

    private static InvalidDataException NotPlain(Tensor tensor) =>
        new($"tensor '{tensor.Name}' is {tensor.Type}; expected F32, F16 or BF16.");
}
