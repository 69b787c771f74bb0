using System.Text;

namespace Takt.Formats.Llama2c;

/// <summary>Reads llama2.c's tokenizer files into the metadata that GGUF files have for a SentencePiece BPE tokenizer.</summary>
internal static unsafe class Llama2cTokenizer
{
    private const int Normal = 1, Unknown = 2, Control = 3, Byte = 6;

    // Its exporter writes BOS and EOS with line feeds around them and spaces in place of SentencePiece's U+2581.
    private static readonly string[] FirstPieces = ["<unk>", "<s>", "</s>"];

    /// <summary>Adds the tokenizer that lies beside a model, if there is one.</summary>
    /// <exception cref="InvalidDataException">There is a tokenizer, but it is damaged or of another vocabulary.</exception>
    public static void AddBeside(string modelPath, int vocabulary, Dictionary<string, object> metadata)
    {
        InvalidDataException? refused = null;
        foreach (string path in Candidates(modelPath, vocabulary))
        {
            try
            {
                using FileMapping mapping = FileMapping.Open(path);
                Add(path, mapping.Start, mapping.Length, vocabulary, metadata);
                return;
            }
            catch (InvalidDataException e)
            {
                refused ??= e;
            }
        }

        if (refused is not null) throw refused;
    }

    /// <summary>Reads the pieces of a file in memory: int32 longest piece, then float32 score, int32 length and bytes of each.</summary>
    public static void Add(string path, byte* start, long length, int vocabulary, Dictionary<string, object> metadata)
    {
        const int SmallestPiece = sizeof(float) + sizeof(int);
        var reader = new ByteReader(path, start, length);
        reader.Read<int>("the length of the longest piece");
        if (vocabulary > reader.Remaining / SmallestPiece)
            reader.Fail($"has {length} bytes, too few for the {vocabulary} pieces of the model's vocabulary; give the tokenizer of this model.");

        var pieces = new string[vocabulary];
        var scores = new float[vocabulary];
        var types = new int[vocabulary];
        for (int i = 0; i < vocabulary; i++)
        {
            scores[i] = reader.Read<float>("a score");
            int bytes = reader.Read<int>("the length of a piece");
            if (bytes < 0) reader.Fail($"piece {i} has the length {bytes}; the file is damaged.");
            string piece = Encoding.UTF8.GetString(reader.Take((ulong)bytes, "a piece"));
            (pieces[i], types[i]) = i < FirstPieces.Length
                ? (FirstPieces[i], i == 0 ? Unknown : Control)
                : (piece.Replace(' ', '\u2581'), IsByte(piece) ? Byte : Normal);
        }

        if (reader.Remaining > 0)
            reader.Fail($"holds more than the {vocabulary} pieces of the model's vocabulary; give the tokenizer of this model.");

        metadata["tokenizer.ggml.model"] = "llama";
        metadata["tokenizer.ggml.tokens"] = pieces;
        metadata["tokenizer.ggml.scores"] = scores;
        metadata["tokenizer.ggml.token_type"] = types;
        metadata["tokenizer.ggml.unknown_token_id"] = 0u;
        metadata["tokenizer.ggml.bos_token_id"] = 1u;
        metadata["tokenizer.ggml.eos_token_id"] = 2u;
        metadata["tokenizer.ggml.add_bos_token"] = true;
    }

    // The named ones first; among others one that fits is taken only if no second one could be meant.
    private static IEnumerable<string> Candidates(string modelPath, int vocabulary)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        string[] named = [Path.Combine(folder, $"tok{vocabulary}.bin"), Path.Combine(folder, "tokenizer.bin")];
        string[] others = [.. Directory.GetFiles(folder, "tok*.bin").Except(named).Except([Path.GetFullPath(modelPath)])];
        return named.Where(File.Exists).Concat(others.Length == 1 ? others : []);
    }

    private static bool IsByte(string piece) =>
        piece is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low);
}
