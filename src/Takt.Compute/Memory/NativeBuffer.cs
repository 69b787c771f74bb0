using System.Runtime.InteropServices;

namespace Takt.Compute.Memory;

/// <summary>Zeroed native memory, aligned to 64 bytes; pages are taken from the system when they are first written.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Alignment in bytes: a cache line and a 512-bit register.</summary>
    public const int Alignment = 64;

    private readonly long _length;
    private readonly int _alignment;
    private nint _raw;

    /// <summary>Allocates <paramref name="length"/> bytes.</summary>
    /// <param name="length">Bytes.</param>
    /// <param name="largePages">Whether to ask for large pages; memory that is smaller than one gets none.</param>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public NativeBuffer(long length, bool largePages = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        largePages &= length >= Pages.LargeBytes;
        _alignment = largePages ? Pages.LargeBytes : Alignment;
        // calloc of a large size maps fresh zero pages, so nothing is touched before it is used.
        _raw = (nint)NativeMemory.AllocZeroed(checked((nuint)length + (nuint)_alignment));
        _length = length;
        if (largePages) Pages.PreferLarge((nint)Bytes, length);
    }

    /// <summary>Frees memory of a buffer that was not disposed.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Size in bytes.</summary>
    public long Length => _length;

    /// <summary>The first byte.</summary>
    public byte* Bytes => (byte*)((_raw + _alignment - 1) & -(nint)_alignment);

    /// <summary>The buffer as floats.</summary>
    public float* Floats => (float*)Bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free((void*)Interlocked.Exchange(ref _raw, 0));
    }
}
