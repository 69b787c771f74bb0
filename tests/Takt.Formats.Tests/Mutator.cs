using System.Buffers.Binary;

namespace Takt.Formats.Tests;

/// <summary>Damages files in the ways that files are damaged, and in the ways that an attacker would try.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly long[] Numbers =
    [
        0, 1, 2, 7, 8, 9, 12, 16, 31, 32, 33, 64, 255, 256, 0x7fff, 0xffff, 0x1_0000, int.MaxValue, 0x8000_0000, uint.MaxValue, 1L << 32, 1L << 40,
        1L << 56, 1L << 60, 1L << 61, 1L << 62, long.MaxValue, long.MinValue, -1, -2, -32,
    ];

    private static readonly string[] Texts =
    [
        "{", "}", "[", "]", "\"", ":", ",", "-", "9", "99999999999999999999", "1e9", "0.5", "null", "\\ud800", "\\u0000", "{\"a\":", "[[[[[[[[[[[[[[[[[[[[",
        "\"shape\":[0],", "\"data_offsets\":[0,0],", "..", "/",
    ];

    private readonly Random _random = new(seed);

    /// <summary>A copy with one to three damages; <paramref name="other"/> is a second file to splice from.</summary>
    public byte[] Mutate(byte[] file, byte[] other)
    {
        byte[] result = [.. file];
        for (int times = _random.Next(1, 4); times > 0; times--)
        {
            int at = Offset(result.Length), length = _random.Next(Math.Min(result.Length - at, 64) + 1);
            switch (_random.Next(8))
            {
                case 0: if (at < result.Length) result[at] ^= (byte)(1 << _random.Next(8)); break;
                case 1: if (at < result.Length) result[at] = (byte)_random.Next(256); break;
                case 2: result = result[..at]; break;
                case 3: result = [.. result[..at], .. result[(at + length)..]]; break;
                case 4: result = [.. result[..(at + length)], .. result[at..]]; break;
                case 5:
                    int from = _random.Next(other.Length);
                    result = [.. result[..at], .. other[from..Math.Min(other.Length, from + 64)], .. result[(at + length)..]];
                    break;
                case 6: WriteNumber(result, at); break;
                default: result = [.. result[..at], .. Texts[_random.Next(Texts.Length)].Select(static c => (byte)c), .. result[at..]]; break;
            }
        }

        return result;
    }

    // Half of the damages go where headers are.
    private int Offset(int length) => _random.Next(2) == 0 ? _random.Next(length + 1) : _random.Next(Math.Min(length, 64) + 1);

    private void WriteNumber(byte[] file, int at)
    {
        long number = Numbers[_random.Next(Numbers.Length)];
        Span<byte> place = file.AsSpan(at);
        if (place.Length >= 8 && _random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(place, number);
        else if (place.Length >= 4) BinaryPrimitives.WriteInt32LittleEndian(place, (int)number);
    }
}
