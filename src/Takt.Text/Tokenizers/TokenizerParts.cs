using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers;

/// <summary>What a tokenizer is made of; each file format fills this in.</summary>
internal sealed record TokenizerParts
{
    public required Vocabulary Vocabulary { get; init; }

    public required TokenModel Model { get; init; }

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public required TokenDecoder Decoder { get; init; }

    /// <summary>Added tokens are spelled like the others, so the decoder applies to them too.</summary>
    public bool DecodesAdded { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    public SpecialTokens Special { get; init; } = new();

    /// <summary>What stands around texts, where it is more than BOS and EOS.</summary>
    public Template? Template { get; init; }

    /// <summary>What a GGUF file says of it beside tokens and merges: <c>tokenizer.ggml.model</c>, <c>.pre</c> and flags.</summary>
    public required Func<Dictionary<string, object>> GgufKeys { get; init; }

    /// <summary>It came from a GGUF file, so its tokens are already spelled that way.</summary>
    public bool FromGguf { get; init; }
}
