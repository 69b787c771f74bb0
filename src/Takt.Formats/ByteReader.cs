using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Takt.Formats;

/// <summary>Reads little-endian values from untrusted memory; every read is checked against the bytes that remain.</summary>
internal unsafe ref struct ByteReader(string path, byte* start, long length)
{
    /// <summary>The file, for messages.</summary>
    public readonly string Path => path;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly long Remaining => length - Position;

    /// <summary>Reads one value.</summary>
    public T Read<T>(string what) where T : unmanaged
    {
        Need((ulong)sizeof(T), what);
        T value = Unsafe.ReadUnaligned<T>(start + Position);
        Position += sizeof(T);
        return value;
    }

    /// <summary>Takes the next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> Take(ulong count, string what)
    {
        Need(count, what);
        if (count > int.MaxValue) Fail($"{what} takes {count} bytes; at most {int.MaxValue} are supported.");
        var bytes = new ReadOnlySpan<byte>(start + Position, (int)count);
        Position += (int)count;
        return bytes;
    }

    /// <summary>Reads a 64-bit length and that many bytes of UTF-8; what is not UTF-8 becomes U+FFFD.</summary>
    public string ReadString(string what, ulong longest = ulong.MaxValue)
    {
        ulong count = Read<ulong>(what);
        if (count > longest) Fail($"{what} at byte {Position} takes {count} bytes; at most {longest} are allowed. The file is damaged.");
        return count == 0 ? "" : Encoding.UTF8.GetString(Take(count, what));
    }

    /// <summary>Reads a 64-bit count of items that take at least <paramref name="itemBytes"/> each, so that arrays can be allocated.</summary>
    public int ReadCount(int itemBytes, string what)
    {
        ulong count = Read<ulong>(what);
        if (count > (ulong)(Remaining / itemBytes) || count > (ulong)Array.MaxLength)
        {
            Fail($"{what} is {count} at byte {Position - sizeof(ulong)}, but only {Remaining} bytes follow "
                + $"(at least {itemBytes} are needed for each); the file is damaged or cut off.");
        }

        return (int)count;
    }

    /// <summary>Throws, naming the file.</summary>
    [DoesNotReturn]
    public readonly void Fail(string message) => throw new InvalidDataException($"{path}: {message}");

    private readonly void Need(ulong count, string what)
    {
        if (count > (ulong)Remaining)
        {
            Fail($"{what} at byte {Position} takes {count} bytes, but the file ends {Remaining} bytes later; "
                + "it is damaged or its download is incomplete.");
        }
    }
}
