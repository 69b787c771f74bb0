using System.Runtime.InteropServices;

namespace Takt.Compute.Memory;

/// <summary>Zeroed native memory, aligned to 64 bytes; pages are taken from the system when they are first written.</summary>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Alignment in bytes: a cache line and a 512-bit register.</summary>
    public const int Alignment = 64;

    private readonly long _length;
    private nint _raw;

    /// <summary>Allocates <paramref name="length"/> bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory left.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        // calloc of a large size maps fresh zero pages, so nothing is touched before it is used.
        _raw = (nint)NativeMemory.AllocZeroed(checked((nuint)length + Alignment));
        _length = length;
    }

    /// <summary>Frees memory of a buffer that was not disposed.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Size in bytes.</summary>
    public long Length => _length;

    /// <summary>The first byte.</summary>
    public byte* Bytes => (byte*)(((nuint)_raw + Alignment - 1) & ~(nuint)(Alignment - 1));

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
