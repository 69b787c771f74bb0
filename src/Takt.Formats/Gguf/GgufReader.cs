namespace Takt.Formats.Gguf;

/// <summary>
/// Reads GGUF files of version 2 and 3 (little endian), the format of llama.cpp. Tensors stay in the mapped file.
/// See https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
public static unsafe class GgufReader
{
    /// <summary>The file's first four bytes, "GGUF".</summary>
    internal const uint Magic = 0x46554747;

    internal const string AlignmentKey = "general.alignment";
    internal const int DefaultAlignment = 32;
    internal const int MostDimensions = 4;

    // The specification says 64; some converters did not count.
    private const int LongestName = 512;

    // Name (length), number of dimensions, type, offset.
    private const int SmallestTensorInfo = 8 + 4 + 4 + 8;

    /// <summary>
    /// Opens a file; of a model split into <c>NAME-00001-of-0000N.gguf</c> any part may be given, and all are opened.
    /// </summary>
    /// <exception cref="InvalidDataException">A file is damaged, cut off or not a GGUF file that is supported.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static ModelFile Open(string path)
    {
        ModelFile file = OpenPart(path);
        bool isWhole = false;
        try
        {
            isWhole = GgufShards.CountOf(file) <= 1;
        }
        finally
        {
            if (!isWhole) file.Dispose();
        }

        return isWhole ? file : GgufShards.Open(path);
    }

    /// <summary>Opens one file, which may be a part of a split model.</summary>
    internal static ModelFile OpenPart(string path) =>
        FileMapping.Read(path, mapping => Parse(path, mapping.Start, mapping.Length, mapping));

    /// <summary>Reads one file, or one part of a split model, that lies in memory.</summary>
    internal static ModelFile Parse(string path, byte* start, long length, IDisposable? owner)
    {
        var reader = new ByteReader(path, start, length);
        ulong tensorCount = ReadHeader(ref reader, out ulong pairCount);
        OrderedDictionary<string, object> metadata = GgufMetadata.Read(ref reader, pairCount);
        if (tensorCount > (ulong)(reader.Remaining / SmallestTensorInfo))
            reader.Fail($"the header announces {tensorCount} tensors, but only {reader.Remaining} bytes follow; the file is damaged.");

        long alignment = AlignmentOf(path, metadata);
        var infos = new List<(TensorInfo Info, ulong Offset, long Bytes)>((int)tensorCount);
        for (ulong i = 0; i < tensorCount; i++) infos.Add(ReadTensorInfo(ref reader, alignment));

        long dataStart = Align(reader.Position, alignment);
        var tensors = new TensorPlacer(path, start, length);
        foreach ((TensorInfo info, ulong offset, long bytes) in infos)
        {
            tensors.Place(info, dataStart, offset, bytes);
        }

        return new ModelFile(path, metadata, tensors.Finish(), owner);
    }

    internal static long Align(long position, long alignment) => (position + alignment - 1) & -alignment;

    private static ulong ReadHeader(ref ByteReader reader, out ulong pairCount)
    {
        uint magic = reader.Read<uint>("the magic number");
        if (magic != Magic) reader.Fail($"starts with the bytes {magic:x8} (little endian), not with \"GGUF\"; it is not a GGUF file.");
        uint version = reader.Read<uint>("the version");
        if (version != 0 && (version & 0xffff) == 0)
            reader.Fail("is a big-endian GGUF file; only little-endian files are supported. Convert the model again for little endian.");
        if (version is not (2 or 3))
            reader.Fail($"is a GGUF file of version {version}; versions 2 and 3 are supported. Convert the model again with a current tool.");
        ulong tensorCount = reader.Read<ulong>("the number of tensors");
        pairCount = reader.Read<ulong>("the number of metadata pairs");
        return tensorCount;
    }

    private static long AlignmentOf(string path, OrderedDictionary<string, object> metadata)
    {
        if (!metadata.TryGetValue(AlignmentKey, out object? stored)) return DefaultAlignment;
        if (stored is uint alignment && uint.IsPow2(alignment)) return alignment;
        throw new InvalidDataException(
            $"{path}: {AlignmentKey} is {stored} ({stored.GetType().Name}); it must be a power of two stored as uint32.");
    }

    private static (TensorInfo Info, ulong Offset, long Bytes) ReadTensorInfo(ref ByteReader reader, long alignment)
    {
        string name = reader.ReadString("a tensor's name", LongestName);
        uint dimensions = reader.Read<uint>("a tensor's number of dimensions");
        if (dimensions > MostDimensions)
            reader.Fail($"tensor '{name}' has {dimensions} dimensions; GGUF allows {MostDimensions}. The file is damaged.");
        var shape = new long[dimensions];
        for (int i = 0; i < shape.Length; i++)
        {
            shape[i] = reader.Read<long>("a tensor's dimension");
        }

        var type = (TensorType)reader.Read<uint>("a tensor's type");
        if (!type.IsKnown())
        {
            reader.Fail($"tensor '{name}' has the type number {(uint)type}{UnsupportedName(type)}, which is not supported. "
                + $"Quantise the model again to one of: {string.Join(", ", TensorTypes.All.Select(static t => t.Name()))}.");
        }

        ulong offset = reader.Read<ulong>("a tensor's offset");
        if (TensorTypes.Measure(type, shape, out long bytes) is { } problem) reader.Fail($"tensor '{name}' {problem}.");
        if (offset % (ulong)alignment != 0)
            reader.Fail($"tensor '{name}' starts at offset {offset}, which is not a multiple of the alignment {alignment}.");
        return (new TensorInfo(name, type, shape), offset, bytes);
    }

    private static string UnsupportedName(TensorType type) => (uint)type switch
    {
        4 or 5 or 31 or 32 or 33 or 36 or 37 or 38 => " (removed from the format)",
        9 => " (q8_1)",
        15 => " (q8_k)",
        16 => " (iq2_xxs)",
        17 => " (iq2_xs)",
        18 => " (iq3_xxs)",
        19 => " (iq1_s)",
        21 => " (iq3_s)",
        22 => " (iq2_s)",
        29 => " (iq1_m)",
        34 => " (tq1_0)",
        35 => " (tq2_0)",
        _ => "",
    };
}
