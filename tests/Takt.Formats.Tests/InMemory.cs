using System.Runtime.InteropServices;

namespace Takt.Formats.Tests;

/// <summary>Gives a reader bytes at an address, in a block of exactly their size.</summary>
internal static unsafe class InMemory
{
    public delegate ModelFile Parser(byte* start, long length, IDisposable owner);

    public static ModelFile Open(byte[] bytes, Parser parse)
    {
        var block = new Block(bytes);
        try
        {
            return parse(block.Start, bytes.Length, block);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private sealed class Block : IDisposable
    {
        public Block(byte[] bytes)
        {
            Start = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, bytes.Length));
            bytes.CopyTo(new Span<byte>(Start, bytes.Length));
        }

        public byte* Start { get; private set; }

        public void Dispose()
        {
            NativeMemory.Free(Start);
            Start = null;
        }
    }
}
