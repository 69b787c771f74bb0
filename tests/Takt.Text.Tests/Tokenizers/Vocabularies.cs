using System.Collections.Concurrent;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Testing;
using Takt.Text.Tokenizers;

namespace Takt.Text.Tests.Tokenizers;

/// <summary>The tokenizers of the shared data, each loaded once.</summary>
internal static class Vocabularies
{
    private static readonly ConcurrentDictionary<string, Lazy<Tokenizer>> Loaded = new();

    /// <summary>A llama.cpp vocabulary such as <c>gpt-2</c>.</summary>
    public static Tokenizer Ggml(string name) => Gguf("tokenizers", "ggml-vocab", $"ggml-vocab-{name}.gguf");

    /// <summary>A tokenizer file of any kind, by its path in the shared data.</summary>
    public static Tokenizer File(string path) => Once(SharedData.Path(path), Tokenizer.Load);

    public static Tokenizer Gguf(params string[] path) => Once(SharedData.Path(path), file =>
    {
        using ModelFile model = GgufReader.Open(file);
        return Tokenizer.FromGguf(model.Metadata);
    });

    private static Tokenizer Once(string file, Func<string, Tokenizer> load) =>
        Loaded.GetOrAdd(file, f => new Lazy<Tokenizer>(() => load(f))).Value;
}
