namespace Takt.Compute.Tests.Cpu.Emitted.Simulator;

/// <summary>The only memory that simulated code may touch: buffers it was told of, each to the byte.</summary>
internal sealed unsafe class SimulatedMemory
{
    private readonly List<(nint Start, long Length, bool Writable, string Name)> _buffers = [];

    /// <summary>Allows a buffer.</summary>
    public void Allow(void* start, long length, bool writable, string name) => _buffers.Add(((nint)start, length, writable, name));

    /// <summary>Forbids again what was allowed, but for code and stack.</summary>
    public void Forget() => _buffers.RemoveRange(2, _buffers.Count - 2);

    /// <summary>The bytes at an address.</summary>
    /// <exception cref="SimulationException">They are not all in one allowed buffer, or may not be written.</exception>
    public Span<byte> At(ulong address, int length, bool write)
    {
        foreach ((nint start, long size, bool writable, string name) in _buffers)
        {
            long offset = (long)address - start;
            if (offset < 0 || offset >= size) continue;
            if (offset + length > size) throw new SimulationException($"{length} bytes at {offset} go beyond the end of {name} ({size} bytes)");
            if (write && !writable) throw new SimulationException($"{length} bytes at {offset} of {name}, which is read-only, are written");
            return new Span<byte>((void*)address, length);
        }

        throw new SimulationException($"{length} bytes at {address:x} are in no buffer");
    }
}

/// <summary>Simulated code did what it must not do.</summary>
internal sealed class SimulationException(string message) : Exception(message);
