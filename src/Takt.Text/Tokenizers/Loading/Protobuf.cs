using System.Buffers.Binary;
using System.Text;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Walks the fields of a protobuf message.</summary>
internal ref struct Protobuf(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>A number field's value.</summary>
    public ulong Number { get; private set; }

    /// <summary>The bytes of a text or message field.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>A float field's value.</summary>
    public readonly float Float => BitConverter.UInt32BitsToSingle((uint)Number);

    public readonly bool Flag => Number != 0;

    /// <exception cref="InvalidDataException">The text is not UTF-8.</exception>
    public readonly string Text => System.Text.Unicode.Utf8.IsValid(Bytes)
        ? Encoding.UTF8.GetString(Bytes)
        : throw Damaged("a piece is not UTF-8");

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The message is damaged.</exception>
    public bool Read()
    {
        if (_rest.IsEmpty) return false;
        ulong tag = Varint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        switch (tag & 7)
        {
            case 0: Number = Varint(); break;
            case 1: Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case 2: Bytes = Take(Varint()); break;
            case 5: Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw Damaged($"a field has the unknown wire type {tag & 7}");
        }

        return Field > 0 ? true : throw Damaged("a field has the number 0");
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10 && i < _rest.Length; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }

        throw Damaged("a number is cut off");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw Damaged($"a field of {count} bytes is cut off after {_rest.Length}");
        ReadOnlySpan<byte> bytes = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return bytes;
    }

    private static InvalidDataException Damaged(string what) => new($"The SentencePiece model is damaged: {what}.");
}
