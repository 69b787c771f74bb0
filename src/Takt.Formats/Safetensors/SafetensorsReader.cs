using System.Text.Json;

namespace Takt.Formats.Safetensors;

/// <summary>
/// Reads safetensors files, the format of Hugging Face models. Tensors stay in the mapped file; shapes are reversed into the order of
/// <see cref="Tensor.Shape"/>. U8 and BOOL become <see cref="TensorType.I8"/>, byte for byte.
/// See https://github.com/huggingface/safetensors#format.
/// </summary>
public static unsafe class SafetensorsReader
{
    /// <summary>What a list of shards is called.</summary>
    public const string IndexSuffix = ".safetensors.index.json";

    private const int LengthBytes = sizeof(ulong);
    private const ulong LargestHeader = 100_000_000;

    /// <summary>Opens a file, or all files that an index (<c>model.safetensors.index.json</c>) names.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, cut off or of another kind.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ModelFile Open(string path) =>
        path.EndsWith(IndexSuffix, StringComparison.Ordinal) ? OpenShards(path) : OpenOne(path);

    /// <summary>Reads a file that lies in memory.</summary>
    internal static ModelFile Parse(string path, byte* start, long length, IDisposable? owner)
    {
        var reader = new ByteReader(path, start, length);
        ulong headerLength = reader.Read<ulong>("the header's length");
        if (headerLength > LargestHeader)
            reader.Fail($"announces a header of {headerLength} bytes; at most {LargestHeader} are allowed. It is not a safetensors file.");
        SafetensorsHeader header = SafetensorsHeader.Read(path, reader.Take(headerLength, "the header"));
        long dataStart = LengthBytes + (long)headerLength;
        CheckCover(path, header, length - dataStart);

        var tensors = new Tensor[header.Tensors.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            (TensorInfo info, long begin, long end) = header.Tensors[i];
            tensors[i] = new Tensor(info.Name, info.Type, info.Shape, (nint)(start + dataStart + begin), end - begin);
        }

        return new ModelFile(path, header.Metadata, tensors, owner);
    }

    // The format demands that the tensors cover the data without gaps and overlaps.
    private static void CheckCover(string path, SafetensorsHeader header, long dataLength)
    {
        string before = "the header";
        long covered = 0;
        foreach ((TensorInfo info, long begin, long end) in header.Tensors.OrderBy(static t => t.Begin).ThenBy(static t => t.End))
        {
            if (begin != covered)
            {
                throw new InvalidDataException(
                    $"{path}: tensor '{info.Name}' starts at byte {begin} of the data, but {before} ends at {covered}; "
                    + "tensors must neither overlap nor leave gaps. The file is damaged.");
            }

            covered = end;
            before = $"'{info.Name}'";
        }

        if (covered != dataLength)
        {
            throw new InvalidDataException(
                $"{path}: the tensors take {covered} bytes, but {dataLength} bytes of data are there; "
                + "the file is damaged or its download is incomplete.");
        }
    }

    private static ModelFile OpenOne(string path) =>
        FileMapping.Read(path, mapping => Parse(path, mapping.Start, mapping.Length, mapping));

    private static ModelFile OpenShards(string indexPath)
    {
        List<(string Tensor, string File)> map = ReadIndex(indexPath, JsonFile.ReadObject(indexPath));
        string folder = Path.GetDirectoryName(indexPath) ?? "";
        var shards = new Owners();
        try
        {
            var byName = new Dictionary<string, ModelFile>(StringComparer.Ordinal);
            foreach (string file in map.Select(static entry => entry.File).Distinct(StringComparer.Ordinal))
            {
                string path = Path.Combine(folder, file);
                if (!File.Exists(path)) throw new FileNotFoundException($"{path}: is missing, but {indexPath} names it.", path);
                byName.Add(file, OpenOne(path));
                shards.Files.Add(byName[file]);
            }

            foreach ((string tensor, string file) in map)
            {
                if (byName[file].Find(tensor) is null)
                    throw new InvalidDataException($"{byName[file].Path}: lacks the tensor '{tensor}', which {indexPath} says is in it.");
            }

            return new ModelFile(indexPath, shards.Files[0].Metadata, [.. shards.Files.SelectMany(static shard => shard.Tensors)], shards);
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>In which file each tensor lies.</summary>
    internal static List<(string Tensor, string File)> ReadIndex(string path, JsonElement index)
    {
        if (!index.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object || !map.EnumerateObject().Any())
        {
            throw new InvalidDataException($"{path}: has no weight_map with tensors; it is not an index of safetensors files.");
        }

        var entries = new List<(string, string)>();
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            // An index must not reach outside of its folder.
            if (string.IsNullOrEmpty(file) || file.AsSpan().ContainsAny("/\\\0") || file is "." or "..")
                throw new InvalidDataException($"{path}: tensor '{entry.Name}' is said to be in {entry.Value.GetRawText()}; the plain name of a file was expected.");
            entries.Add((entry.Name, file));
        }

        return entries;
    }
}
