using Takt.Cli.Shell;
using Takt.Text.Tokenizers;

namespace Takt.Cli.Commands;

/// <summary>The tokenizer of a model, or one that lies in files of its own.</summary>
internal sealed class TokenizerSource : IDisposable
{
    private readonly ModelSource? _model;

    /// <summary>Opens a model, a tokenizer.json, a SentencePiece .model, a vocab.txt, or a folder with one of these.</summary>
    public TokenizerSource(string path)
    {
        if (IsModel(path)) _model = ModelSource.Open(path);
        Value = (_model is null ? Tokenizer.Load(path) : _model.Tokenizer) ?? throw new CliException(Texts.NoTokenizer, path);
    }

    /// <summary>The tokenizer.</summary>
    public Tokenizer Value { get; }

    /// <inheritdoc/>
    public void Dispose() => _model?.Dispose();

    private static bool IsModel(string path) => Directory.Exists(path)
        ? File.Exists(Path.Combine(path, "config.json")) || Directory.EnumerateFiles(path, "*.gguf").Any()
        : Path.GetExtension(path) is not (".json" or ".model" or ".txt");
}
