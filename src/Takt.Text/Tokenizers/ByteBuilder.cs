namespace Takt.Text.Tokenizers;

/// <summary>A growing run of bytes.</summary>
internal sealed class ByteBuilder(int capacity)
{
    private byte[] _bytes = new byte[capacity];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Count);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Count + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Count));
        Count += bytes.Length;
    }

    /// <summary>Takes the first bytes away.</summary>
    public void RemoveStart(int count)
    {
        _bytes.AsSpan(count, Count - count).CopyTo(_bytes);
        Count -= count;
    }
}
