using System.Text;
using Takt.Text.Tokenizers;

namespace Takt.Text;

/// <summary>
/// Turns ids that arrive one by one into text that can be shown at once: a piece never ends inside a character. Not for use from several
/// threads.
/// </summary>
/// <param name="tokenizer">Whose ids they are.</param>
/// <param name="continues">The ids go on from earlier text (a prompt), so a leading space is text and stays.</param>
/// <param name="skipSpecial">Control tokens leave no trace.</param>
public sealed class TextStream(Tokenizer tokenizer, bool continues = false, bool skipSpecial = true)
{
    private readonly byte[] _pending = new byte[4];
    private int _pendingCount;
    private bool _dropsSpace = tokenizer.DropsFirstSpace && !continues;

    /// <summary>Takes the next id and returns the text that is complete now; empty if a character is still unfinished.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string Add(int id)
    {
        ReadOnlySpan<byte> bytes = tokenizer.TokenBytes(id);
        if (skipSpecial && tokenizer.IsControl(id)) return "";
        if (_dropsSpace && bytes.StartsWith((byte)' ')) bytes = bytes[1..];
        _dropsSpace = false;
        if (_pendingCount == 0) return Complete(bytes);
        byte[] joined = [.. _pending.AsSpan(0, _pendingCount), .. bytes];
        return Complete(joined);
    }

    /// <summary>Ends the stream; an unfinished character becomes U+FFFD.</summary>
    public string Flush()
    {
        string rest = Encoding.UTF8.GetString(_pending, 0, _pendingCount);
        _pendingCount = 0;
        return rest;
    }

    private string Complete(ReadOnlySpan<byte> bytes)
    {
        int rest = UnfinishedTail(bytes);
        bytes[^rest..].CopyTo(_pending);
        _pendingCount = rest;
        return Encoding.UTF8.GetString(bytes[..^rest]);
    }

    /// <summary>How many bytes at the end begin a character that further bytes could finish.</summary>
    private static int UnfinishedTail(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            if ((bytes[^back] & 0xC0) == 0x80) continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? back : 0;
        }

        return 0;
    }
}
