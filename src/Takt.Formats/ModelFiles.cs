using Takt.Formats.Gguf;
using Takt.Formats.Llama2c;
using Takt.Formats.Safetensors;

namespace Takt.Formats;

/// <summary>Opens a model file of any supported format.</summary>
public static class ModelFiles
{
    private const string Remedy = "Give a GGUF file (.gguf), a safetensors file, a llama2.c model (.bin) or the folder of a Hugging Face model.";

    /// <summary>Opens a file, or a folder with one GGUF model; the content says which format it is.</summary>
    /// <remarks>A folder with a config.json is for <see cref="HuggingFaceFolder"/>.</remarks>
    /// <exception cref="InvalidDataException">It is damaged, or not a model that is supported; the message says what it looks like.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static ModelFile Open(string path)
    {
        if (Directory.Exists(path)) return OpenFolder(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file or folder. {Remedy}", path);
        if (path.EndsWith(SafetensorsReader.IndexSuffix, StringComparison.Ordinal)) return SafetensorsReader.Open(path);

        Span<byte> buffer = stackalloc byte[64];
        ReadOnlySpan<byte> start = buffer[..ReadStart(path, buffer)];
        if (start.IsEmpty) throw new InvalidDataException($"{path}: the file is empty; download or convert the model again.");
        if (start.StartsWith("GGUF"u8)) return GgufReader.Open(path);
        if (IsSafetensors(start) || path.EndsWith(".safetensors", StringComparison.Ordinal)) return SafetensorsReader.Open(path);
        ForeignFile.Refuse(path, start);
        if (start[0] == '{') throw new InvalidDataException($"{path}: is a JSON file, not weights. {Remedy}");
        if (path.EndsWith(".bin", StringComparison.Ordinal)) return Llama2cReader.Open(path);
        throw new InvalidDataException(
            $"{path}: is not a model file of a known format; it starts with the bytes {Convert.ToHexStringLower(start[..Math.Min(8, start.Length)])}. {Remedy}");
    }

    private static ModelFile OpenFolder(string path)
    {
        if (HuggingFaceFolder.IsOne(path))
        {
            throw new InvalidDataException(
                $"{path}: is a Hugging Face folder, not one model file; open it as {nameof(HuggingFaceFolder)}, or give the file in it that is meant.");
        }

        // Of a split model the first part stands for all.
        string[] models = [.. Directory.GetFiles(path, "*.gguf").Where(static file => !GgufShards.IsLaterPart(file)).Order(StringComparer.Ordinal)];
        return models switch
        {
            [string one] => GgufReader.Open(one),
            [] => throw new InvalidDataException($"{path}: the folder holds neither config.json nor a GGUF file. {Remedy}"),
            _ => throw new InvalidDataException(
                $"{path}: the folder holds {models.Length} GGUF models; give one of them: {string.Join(", ", models.Take(8).Select(Path.GetFileName))}."),
        };
    }

    private static int ReadStart(string path, Span<byte> buffer)
    {
        using FileStream stream = File.OpenRead(path);
        return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
    }

    // A 64-bit length below 2^32 and the brace of a JSON object.
    private static bool IsSafetensors(ReadOnlySpan<byte> start) => start.Length > 8 && start[8] == '{' && start[4..8].IndexOfAnyExcept((byte)0) < 0;
}
