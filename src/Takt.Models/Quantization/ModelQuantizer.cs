using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Formats.Gguf;

namespace Takt.Models.Quantization;

/// <summary>What <see cref="ModelQuantizer"/> made.</summary>
/// <param name="BytesIn">Bytes of the source's tensors.</param>
/// <param name="BytesOut">Bytes of the file written.</param>
/// <param name="Parameters">Values in all tensors.</param>
/// <param name="Fallbacks">Tensors whose rows did not fit the wanted type.</param>
public sealed record QuantizationSummary(long BytesIn, long BytesOut, long Parameters, int Fallbacks);

/// <summary>Writes a model with other weight formats, tensor by tensor, rows in parallel.</summary>
public static unsafe class ModelQuantizer
{
    // Values that are converted before they are written: enough work for all threads, little memory.
    private const long SlabValues = 8 << 20;

    /// <summary>Writes <paramref name="file"/> as a GGUF file, which appears under its name when it is whole.</summary>
    /// <param name="file">The source, with GGUF's names.</param>
    /// <param name="path">The file to write; one that is there is replaced.</param>
    /// <param name="target">How to store the weights.</param>
    /// <param name="pure">Gives every matrix the target's own type.</param>
    /// <param name="threads">Threads that convert; 1 or more.</param>
    /// <param name="progress">Called before each tensor with its number, from 1, and what will be written.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <exception cref="InvalidDataException">A tensor holds what cannot be stored, such as a value that is not finite.</exception>
    public static QuantizationSummary Write(
        ModelFile file, string path, QuantizationTarget target, bool pure, int threads,
        Action<int, TensorInfo>? progress = null, CancellationToken cancellation = default)
    {
        TensorType[] types = QuantizationMix.Choose(file, target, pure, out int fallbacks);
        QuantizationSummary summary = Write(file, path, types, target.FileType, threads, progress, cancellation);
        return summary with { Fallbacks = fallbacks };
    }

    /// <summary>The same with a type chosen for every tensor.</summary>
    /// <param name="file">The source, with GGUF's names.</param>
    /// <param name="path">The file to write; one that is there is replaced.</param>
    /// <param name="types">A type for each of the file's tensors, in its order, whose blocks the tensor's rows consist of.</param>
    /// <param name="threads">Threads that convert; 1 or more.</param>
    /// <param name="progress">Called before each tensor with its number, from 1, and what will be written.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <exception cref="InvalidDataException">A tensor holds what cannot be stored, such as a value that is not finite.</exception>
    public static QuantizationSummary Write(
        ModelFile file, string path, IReadOnlyList<TensorType> types, int threads,
        Action<int, TensorInfo>? progress = null, CancellationToken cancellation = default)
    {
        // The file's kind is what most of its bytes are, as in other mixes.
        TensorType most = file.Tensors.Zip(types).GroupBy(static pair => pair.Second)
            .MaxBy(static same => same.Sum(pair => same.Key.ByteLength(pair.First.Shape)))!.Key;
        uint fileType = QuantizationTarget.All.FirstOrDefault(target => target.Type == most)?.FileType ?? 0;
        return Write(file, path, types, fileType, threads, progress, cancellation);
    }

    /// <summary>The file that <see cref="Write(ModelFile, string, IReadOnlyList{TensorType}, int, Action{int, TensorInfo}?, CancellationToken)"/>
    /// would make, without making it: tensors of another type are converted when they are read, and not kept.</summary>
    /// <param name="file">The source, with GGUF's names; it has to stay open.</param>
    /// <param name="types">A type for each of the file's tensors.</param>
    /// <param name="threads">Threads that convert.</param>
    public static ModelFile View(ModelFile file, IReadOnlyList<TensorType> types, int threads)
    {
        var owned = new ViewMemory();
        Tensor[] tensors = [.. file.Tensors.Select((tensor, i) => types[i] == tensor.Type ? tensor : Derive(tensor, types[i], threads, owned))];
        return new ModelFile(file.Path, file.Metadata, tensors, owned);
    }

    private static QuantizationSummary Write(
        ModelFile file, string path, IReadOnlyList<TensorType> types, uint fileType, int threads,
        Action<int, TensorInfo>? progress, CancellationToken cancellation)
    {
        var infos = new TensorInfo[types.Count];
        for (int i = 0; i < infos.Length; i++) infos[i] = file.Tensors[i].Info with { Type = types[i] };
        int done = 0;
        GgufWriter.Write(path, Metadata(file, fileType), infos, (info, stream) =>
        {
            progress?.Invoke(++done, info);
            Tensor tensor = file.Find(info.Name)!;
            nint data = tensor.Borrow();
            try
            {
                Convert(tensor, data, info.Type, stream, threads, cancellation);
            }
            finally
            {
                tensor.GiveBack();
            }
        });
        return new QuantizationSummary(
            file.Tensors.Sum(t => t.ByteLength), new FileInfo(path).Length, file.Tensors.Sum(t => t.Count), Fallbacks: 0);
    }

    private static Tensor Derive(Tensor tensor, TensorType type, int threads, ViewMemory owned)
    {
        long bytes = type.ByteLength(tensor.Shape);
        var derived = new DerivedBytes(() =>
        {
            var buffer = new NativeBuffer(bytes);
            nint data = tensor.Borrow();
            try
            {
                ConvertRows(tensor, data, type, 0, tensor.Rows, (nint)buffer.Bytes, new ParallelOptions { MaxDegreeOfParallelism = threads });
            }
            finally
            {
                tensor.GiveBack();
            }

            return ((nint)buffer.Bytes, buffer);
        });
        owned.All.Add(derived);
        return new Tensor(tensor.Name, type, tensor.Shape, 0, bytes) { Derived = derived };
    }

    /// <summary>The file that <c>Write</c> would make, without its matrices' bytes: for graphs, which only need types and shapes.</summary>
    /// <param name="file">The source, with GGUF's names; it has to stay open.</param>
    /// <param name="target">How weights would be stored.</param>
    public static ModelFile Describe(ModelFile file, QuantizationTarget target)
    {
        TensorType[] types = QuantizationMix.Choose(file, target, pure: false, out _);
        // Vectors are read, so they stay what they are.
        Tensor[] tensors =
        [
            .. file.Tensors.Select((tensor, i) => tensor.Shape.Skip(1).Any(static length => length > 1)
                ? new Tensor(tensor.Name, types[i], tensor.Shape, 0, types[i].ByteLength(tensor.Shape))
                : tensor),
        ];
        return new ModelFile(file.Path, file.Metadata, tensors, owner: null);
    }

    private static Dictionary<string, object> Metadata(ModelFile file, uint fileType)
    {
        const uint formatVersion = 2;
        Dictionary<string, object> metadata = file.Metadata
            .Where(pair => !pair.Key.StartsWith("split.", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        metadata["general.file_type"] = fileType;
        metadata["general.quantization_version"] = formatVersion;
        return metadata;
    }

    private static void Convert(Tensor tensor, nint data, TensorType type, Stream stream, int threads, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (tensor.Type == type)
        {
            tensor.CopyTo(stream);
            return;
        }

        long rowOut = type.RowBytes(tensor.RowLength);
        int slabRows = (int)Math.Clamp(SlabValues / Math.Max(1, tensor.RowLength), 1, tensor.Rows);
        var slab = new byte[checked(slabRows * rowOut)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        for (long first = 0; first < tensor.Rows; first += slabRows)
        {
            int rows = (int)Math.Min(slabRows, tensor.Rows - first);
            fixed (byte* bytes = slab) ConvertRows(tensor, data, type, first, rows, (nint)bytes, options);
            stream.Write(slab, 0, (int)(rows * rowOut));
        }
    }

    // Rows of a tensor whose bytes lie at data, to where target is.
    private static void ConvertRows(Tensor tensor, nint data, TensorType type, long first, long rows, nint target, ParallelOptions options)
    {
        WeightFormat from = Format(tensor, tensor.Type), to = Format(tensor, type);
        long rowIn = from.Bytes(tensor.RowLength), rowOut = to.Bytes(tensor.RowLength);
        nint source = data + (nint)(first * rowIn);
        try
        {
            Parallel.For(0, rows, options, () => new float[tensor.RowLength], (row, _, values) =>
            {
                ConvertRow(from, (byte*)source + row * rowIn, values, to, (byte*)target + row * rowOut);
                return values;
            }, _ => { });
        }
        catch (AggregateException failures) when (failures.InnerException is ArgumentException problem)
        {
            throw new InvalidDataException($"tensor '{tensor.Name}': {problem.Message}", problem);
        }
    }

    private static void ConvertRow(WeightFormat from, byte* source, float[] values, WeightFormat to, byte* target)
    {
        fixed (float* floats = values)
        {
            from.Dequantize(source, floats, values.Length);
            to.Quantize(floats, target, values.Length);
        }
    }

    private static WeightFormat Format(Tensor tensor, TensorType type) => WeightFormat.Find(type.Name())
        ?? throw new InvalidDataException($"tensor '{tensor.Name}' is {type.Name()}, which is no format of weights.");

    // What a view keeps in memory goes with it.
    private sealed class ViewMemory : IDisposable
    {
        public List<DerivedBytes> All { get; } = [];

        public void Dispose() => All.ForEach(static derived => derived.Dispose());
    }
}
