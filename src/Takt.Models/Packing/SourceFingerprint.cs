using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Takt.Compute.Memory;
using Takt.Formats;

namespace Takt.Models.Packing;

/// <summary>Tells one source of weights from another without reading all of it.</summary>
/// <remarks>
/// SHA-256 over name, size and time of change of the model's file (or of every file with weights in its folder), and over name, type,
/// shape and samples of every tensor: 64 bytes at 5 places from its first byte to its last. A file that was changed in place, outside
/// of the samples and with its time set back, goes unnoticed.
/// </remarks>
internal static unsafe class SourceFingerprint
{
    private const int Samples = 4, SampleBytes = 64;

    /// <summary>The fingerprint, 32 bytes.</summary>
    public static byte[] Of(ModelFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FileInfo source in Files(file.Path))
        {
            Append(hash, source.Name);
            Append(hash, source.Length);
            Append(hash, source.LastWriteTimeUtc.Ticks);
        }

        foreach (Tensor tensor in file.Tensors)
        {
            Append(hash, tensor.Name);
            Append(hash, (long)tensor.Type);
            foreach (long length in tensor.Shape) Append(hash, length);
            long last = Math.Max(0, tensor.ByteLength - SampleBytes);
            int count = (int)Math.Min(SampleBytes, tensor.ByteLength);
            nint data = tensor.Borrow();
            for (int i = 0; i <= Samples; i++)
                hash.AppendData(new ReadOnlySpan<byte>((byte*)data + last / Samples * i + (i == Samples ? last % Samples : 0), count));
            // The system maps neighbours of a page that is touched.
            if (tensor.IsMapped) Pages.LetGo(data, tensor.ByteLength);
            tensor.GiveBack();
        }

        return hash.GetHashAndReset();
    }

    private static IEnumerable<FileInfo> Files(string path)
    {
        if (File.Exists(path)) return [new FileInfo(path)];
        return Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*.safetensors").OrderBy(static file => file.Name, StringComparer.Ordinal)
            : [];
    }

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Append(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
