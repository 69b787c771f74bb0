using System.Text;

namespace Takt.Formats;

/// <summary>Recognises files that are often found in the place of a model.</summary>
internal static class ForeignFile
{
    private const string Pickle = "PyTorch weights, which are programs rather than data and are not loaded. Give the safetensors or GGUF version of the model.";

    /// <summary>Throws when a file that starts with these bytes is of a kind that nothing here reads, saying what it is and what to do.</summary>
    public static void Refuse(string path, ReadOnlySpan<byte> start)
    {
        if (Recognise(start[..Math.Min(64, start.Length)]) is { } what) throw new InvalidDataException($"{path}: is {what}");
    }

    private static string? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
            return "a Git LFS pointer, not the file itself. Fetch it with 'git lfs pull', or download it from the model's page.";
        if (start.StartsWith("PK\x03\x04"u8)) return "a zip archive, perhaps " + Pickle;
        // Protocols 2 to 5, then one of the operations that a pickle begins with.
        if (start.Length > 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[2] is (byte)'c' or (byte)'}' or (byte)']' or 0x8a or 0x95)
            return "a Python pickle, perhaps " + Pickle;
        if (start.StartsWith("FUGG"u8)) return "a GGUF file with its bytes in reverse order. Convert the model again for little endian.";
        if (start.StartsWith("lmgg"u8) || start.StartsWith("fmgg"u8) || start.StartsWith("tjgg"u8) || start.StartsWith("algg"u8))
            return "a file of llama.cpp's formats before GGUF. Convert the original model to GGUF.";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return "a gzip archive. Unpack it first.";
        string text = Encoding.Latin1.GetString(start).TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        return text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            ? "a web page, perhaps an error or sign-in page saved in place of the model. Download the file itself."
            : null;
    }
}
