using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Takt.Tuning;

/// <summary>Tells one model from another without reading all of it, wherever it lies and whenever it was copied there.</summary>
/// <remarks>
/// SHA-256 over the size and 64 samples of 4 KiB, spread evenly from the first byte to the last; of a folder, over the names and
/// samples of its .safetensors, .gguf and .json files. A change between the samples that keeps the size goes unnoticed.
/// </remarks>
public static class ModelFingerprint
{
    private const int Samples = 64, SampleBytes = 4096;

    private static readonly string[] _endings = [".safetensors", ".gguf", ".json"];

    /// <summary>Describes a file or folder.</summary>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static PlanModel Of(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        if (Directory.Exists(path))
        {
            foreach (string file in Directory.EnumerateFiles(path).Where(IsPart).Order(StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(file)));
                bytes += Append(hash, file);
            }
        }
        else
        {
            bytes = Append(hash, path);
        }

        return new PlanModel(path, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static bool IsPart(string file) => _endings.Contains(Path.GetExtension(file));

    private static long Append(IncrementalHash hash, string path)
    {
        using FileStream stream = File.OpenRead(path);
        Span<byte> sample = stackalloc byte[SampleBytes];
        BinaryPrimitives.WriteInt64LittleEndian(sample, stream.Length);
        hash.AppendData(sample[..sizeof(long)]);
        long last = Math.Max(0, stream.Length - SampleBytes);
        for (int i = 0; i < Samples; i++)
        {
            stream.Position = (long)((double)last / (Samples - 1) * i);
            int read = stream.ReadAtLeast(sample, SampleBytes, throwOnEndOfStream: false);
            hash.AppendData(sample[..read]);
        }

        return stream.Length;
    }
}
