using Takt.Compute.Blocks;
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
        var infos = new TensorInfo[types.Length];
        for (int i = 0; i < infos.Length; i++) infos[i] = file.Tensors[i].Info with { Type = types[i] };
        int done = 0;
        GgufWriter.Write(path, Metadata(file, target), infos, (info, stream) =>
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
            file.Tensors.Sum(t => t.ByteLength), new FileInfo(path).Length, file.Tensors.Sum(t => t.Count), fallbacks);
    }

    /// <summary>The file that <see cref="Write"/> would make, without its matrices' bytes: for graphs, which only need types and shapes.</summary>
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

    private static Dictionary<string, object> Metadata(ModelFile file, QuantizationTarget target)
    {
        const uint formatVersion = 2;
        Dictionary<string, object> metadata = file.Metadata
            .Where(pair => !pair.Key.StartsWith("split.", StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        metadata["general.file_type"] = target.FileType;
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

        WeightFormat from = Format(tensor, tensor.Type), to = Format(tensor, type);
        long rowIn = from.Bytes(tensor.RowLength), rowOut = to.Bytes(tensor.RowLength);
        int slabRows = (int)Math.Clamp(SlabValues / Math.Max(1, tensor.RowLength), 1, tensor.Rows);
        var slab = new byte[checked(slabRows * rowOut)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        for (long first = 0; first < tensor.Rows; first += slabRows)
        {
            int rows = (int)Math.Min(slabRows, tensor.Rows - first);
            byte* source = (byte*)data + first * rowIn;
            try
            {
                Parallel.For(0, rows, options, () => new float[tensor.RowLength], (row, _, values) =>
                {
                    ConvertRow(from, source + row * rowIn, values, to, slab.AsSpan((int)(row * rowOut), (int)rowOut));
                    return values;
                }, _ => { });
            }
            catch (AggregateException failures) when (failures.InnerException is ArgumentException problem)
            {
                throw new InvalidDataException($"tensor '{tensor.Name}': {problem.Message}", problem);
            }

            stream.Write(slab, 0, (int)(rows * rowOut));
        }
    }

    private static void ConvertRow(WeightFormat from, byte* source, float[] values, WeightFormat to, Span<byte> target)
    {
        fixed (float* floats = values)
        fixed (byte* bytes = target)
        {
            from.Dequantize(source, floats, values.Length);
            to.Quantize(floats, bytes, values.Length);
        }
    }

    private static WeightFormat Format(Tensor tensor, TensorType type) => WeightFormat.Find(type.Name())
        ?? throw new InvalidDataException($"tensor '{tensor.Name}' is {type.Name()}, which is no format of weights.");
}
