namespace Takt.Text.Tokenizers.Loading;

/// <summary>Opens tokenizer files and recognises them by content.</summary>
internal static class TokenizerFiles
{
    private const long MaxFile = 1L << 30;

    /// <summary>The files that a model folder may hold, the preferred one first.</summary>
    private static readonly string[] Names = ["tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.txt"];

    public static Tokenizer Load(string path)
    {
        if (Directory.Exists(path))
        {
            string? found = Names.Select(n => Path.Combine(path, n)).FirstOrDefault(File.Exists);
            path = found ?? throw new FileNotFoundException($"{path} holds no tokenizer; expected one of {string.Join(", ", Names)}.");
        }

        byte[] file = Bytes(path);
        if (file.AsSpan().StartsWith("GGUF"u8))
            throw new InvalidDataException($"{path} is a GGUF file; read its metadata and make the tokenizer from that.");
        int start = file.AsSpan().IndexOfAnyExcept(" \r\n\t"u8);
        if (start >= 0 && file[start] == (byte)'{') return Named(path, () => Json(path, file));
        // A SentencePiece model begins with a piece: field 1, a message.
        bool pieces = file.Length > 4 && file[0] == 0x0A && file[2] == 0x0A;
        return Named(path, () => pieces ? new Tokenizer(SentencePieceReader.Parts(file)) : VocabTxt(path, file, null));
    }

    public static Tokenizer Json(string path) => Named(path, () => Json(path, Bytes(path)));

    public static Tokenizer SentencePiece(string path) => Named(path, () => new Tokenizer(SentencePieceReader.Parts(Bytes(path))));

    public static Tokenizer VocabTxt(string path, bool? lowercase) =>
        Named(path, () => VocabTxt(path, Bytes(path), lowercase));

    private static Tokenizer VocabTxt(string path, byte[] file, bool? lowercase) =>
        new(VocabTxtReader.Parts(file, lowercase ?? TokenizerConfig.Beside(path).Lowercase));

    private static Tokenizer Json(string path, byte[] file)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        if (file.AsSpan().StartsWith(mark)) file = file[3..];
        return new Tokenizer(TokenizerJsonReader.Parts(file, TokenizerConfig.Beside(path)));
    }

    private static byte[] Bytes(string path)
    {
        long length = new FileInfo(path).Length;
        return length <= MaxFile
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException($"{path} has {length} bytes; a tokenizer has at most {MaxFile}.");
    }

    private static Tokenizer Named(string path, Func<Tokenizer> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }
}
