using Takt.Compute.Memory;

namespace Takt.Models;

/// <summary>Run state: float rows by name, grown when a larger batch comes and reused from cycle to cycle.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly Dictionary<string, NativeBuffer> _buffers = new(StringComparer.Ordinal);

    /// <summary>Rows of a buffer; padding is zero when it is new and whatever kernels left there later, which is zero.</summary>
    public Rows Get(string name, int count, int width)
    {
        int stride = Rows.Pad(width);
        long bytes = Math.Max(1L, count) * stride * sizeof(float);
        if (!_buffers.TryGetValue(name, out NativeBuffer? buffer) || buffer.Length < bytes)
        {
            buffer?.Dispose();
            _buffers[name] = buffer = new NativeBuffer(bytes);
        }

        return new Rows((nint)buffer.Floats, count, width, stride);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBuffer buffer in _buffers.Values) buffer.Dispose();
    }
}
