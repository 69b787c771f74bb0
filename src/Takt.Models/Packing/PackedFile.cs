using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Takt.Compute;
using Takt.Formats;

namespace Takt.Models.Packing;

/// <summary>A file of a model's packed weights: what a later start maps instead of packing.</summary>
/// <remarks>
/// <para>
/// The header, little endian: the magic <c>TAKTPACK</c>; u32 layout version; u32 byte order of the data (1 little, 2 big); u64 bytes of
/// the header; u64 bytes of the data; 32 bytes fingerprint of the source (<see cref="SourceFingerprint"/>); u64 number of matrices; for
/// each u64 offset in the data, u64 bytes, u32 rows, u32 columns, 8 bytes format name; then the SHA-256 of all that, the SHA-256 of a
/// sample of the data, and zeros up to a multiple of 4096. The data follows.
/// </para>
/// <para>
/// But for the sample's hash, a header follows from the model: a file is good when its bytes are the expected ones. So nothing that a
/// damaged or foreign file says is ever believed. Every 256 KiB 64 bytes of the data are in the sample: holes and cut-off writes are
/// found, single flipped bits are not.
/// </para>
/// </remarks>
internal static unsafe class PackedFile
{
    /// <summary>What names of such files end with.</summary>
    public const string Extension = ".taktpack";

    private const int HeaderMultiple = 4096, FixedBytes = 72, EntryBytes = 32, NameBytes = 8;
    private const int SampleBytes = 64, SampleEvery = 256 << 10;
    private const int WritePiece = 1 << 26;

    private static ReadOnlySpan<byte> Magic => "TAKTPACK"u8;

    /// <summary>Maps a file's weights, or null where it is missing or not exactly of this model.</summary>
    public static FileMapping? Open(string path, PackedWeights weights, byte[] fingerprint)
    {
        byte[] header = Header(weights, fingerprint);
        FileMapping? mapping = null;
        try
        {
            if (!File.Exists(path)) return null;
            mapping = FileMapping.Open(path);
            if (mapping.Length == header.Length + weights.Length)
            {
                Sample(mapping.Start + header.Length, weights.Length).CopyTo(SampleHash(header, weights));
                if (new ReadOnlySpan<byte>(mapping.Start, header.Length).SequenceEqual(header))
                {
                    weights.Use(mapping.Start + header.Length);
                    return mapping;
                }
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Whatever is wrong with it: packing is always possible.
        }

        mapping?.Dispose();
        return null;
    }

    /// <summary>Writes packed weights under a temporary name and moves the file to <paramref name="path"/>; makes the folder.</summary>
    /// <returns>Whether that worked.</returns>
    public static bool TryWrite(string path, PackedWeights weights, byte[] fingerprint)
    {
        byte[] header = Header(weights, fingerprint);
        Sample(weights.Data, weights.Length).CopyTo(SampleHash(header, weights));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream =>
            {
                stream.Write(header);
                for (long done = 0; done < weights.Length; done += WritePiece)
                    stream.Write(new ReadOnlySpan<byte>(weights.Data + done, (int)Math.Min(WritePiece, weights.Length - done)));
            });
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false; // a full or read-only disk is no reason not to run
        }
    }

    private static int TableEnd(PackedWeights weights) => FixedBytes + weights.Matrices.Count * EntryBytes;

    private static Span<byte> SampleHash(byte[] header, PackedWeights weights) =>
        header.AsSpan(TableEnd(weights) + SHA256.HashSizeInBytes, SHA256.HashSizeInBytes);

    private static byte[] Header(PackedWeights weights, byte[] fingerprint)
    {
        int end = TableEnd(weights);
        byte[] header = new byte[(end + 2 * SHA256.HashSizeInBytes + HeaderMultiple - 1) / HeaderMultiple * HeaderMultiple];
        Span<byte> fixedPart = header;
        Magic.CopyTo(fixedPart);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[8..], PackedWeights.LayoutVersion);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[12..], BitConverter.IsLittleEndian ? 1 : 2);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[16..], header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[24..], weights.Length);
        fingerprint.CopyTo(fixedPart[32..]);
        BinaryPrimitives.WriteInt64LittleEndian(fixedPart[64..], weights.Matrices.Count);
        for (int i = 0; i < weights.Matrices.Count; i++)
        {
            Matrix matrix = weights.Matrices[i];
            Span<byte> entry = header.AsSpan(FixedBytes + i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, weights.Offset(i));
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], matrix.PackedBytes);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], matrix.Rows);
            BinaryPrimitives.WriteInt32LittleEndian(entry[20..], matrix.Columns);
            Encoding.ASCII.GetBytes(matrix.Format.Name, entry[24..(24 + NameBytes)]);
        }

        SHA256.HashData(header.AsSpan(0, end), header.AsSpan(end));
        return header;
    }

    private static byte[] Sample(byte* data, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < length; at += SampleEvery)
            hash.AppendData(new ReadOnlySpan<byte>(data + at, (int)Math.Min(SampleBytes, length - at)));
        if (length > SampleBytes) hash.AppendData(new ReadOnlySpan<byte>(data + length - SampleBytes, SampleBytes));
        return hash.GetHashAndReset();
    }
}
