using System.Text;

namespace Takt.Text.Tokenizers.Models;

/// <summary>GPT-2's way of writing any byte as a printable character, which byte-level vocabularies are spelled in.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert(Characters);

    /// <summary>The character that stands for a byte.</summary>
    public static char Of(byte value) => Characters[value];

    /// <summary>Spells UTF-8 text in the alphabet.</summary>
    public static string Spell(ReadOnlySpan<char> text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToArray());
        return string.Create(bytes.Length, bytes, (chars, from) =>
        {
            for (int i = 0; i < from.Length; i++) chars[i] = Characters[from[i]];
        });
    }

    /// <summary>The bytes that a token is spelled for; null if a character of it is not in the alphabet.</summary>
    public static byte[]? Unspell(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            char c = token[i];
            if (c >= Bytes.Length || Bytes[c] < 0) return null;
            bytes[i] = (byte)Bytes[c];
        }

        return bytes;
    }

    private static char[] Build()
    {
        var map = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            map[b] = (char)(printable ? b : next++);
        }

        return map;
    }

    private static short[] Invert(char[] map)
    {
        var bytes = new short[map.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++) bytes[map[b]] = (short)b;
        return bytes;
    }
}
