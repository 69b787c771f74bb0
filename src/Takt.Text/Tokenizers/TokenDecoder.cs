using System.Text;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tokenizers;

/// <summary>Turns a token's spelling into the bytes it adds to the text.</summary>
internal abstract class TokenDecoder
{
    /// <summary>The text's first token loses a leading space, because the encoder put it there.</summary>
    public virtual bool DropsFirstSpace => false;

    public abstract byte[] Decode(string token);
}

/// <summary>Byte-level spelling; what is not spelled so stands for itself.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override byte[] Decode(string token) => ByteAlphabet.Unspell(token) ?? Encoding.UTF8.GetBytes(token);
}

/// <summary>SentencePiece's spelling: U+2581 is a space, <c>&lt;0x0A&gt;</c> a byte.</summary>
internal sealed class SentencePieceDecoder(bool dropsFirstSpace) : TokenDecoder
{
    public override bool DropsFirstSpace => dropsFirstSpace;

    public override byte[] Decode(string token) => Vocabulary.TryParseByte(token, out byte value)
        ? [value]
        : Encoding.UTF8.GetBytes(token.Replace(SentencePieceNormalizer.Mark, ' '));
}

/// <summary>WordPiece: words are joined by spaces, continuing pieces are not, punctuation loses its space if cleaned up.</summary>
internal sealed class WordPieceDecoder(string firstPrefix, string continuingPrefix, bool cleanUp) : TokenDecoder
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public override bool DropsFirstSpace => true;

    public override byte[] Decode(string token)
    {
        string text;
        if (firstPrefix.Length == 0)
        {
            bool continues = continuingPrefix.Length > 0 && token.StartsWith(continuingPrefix, StringComparison.Ordinal);
            text = continues ? token[continuingPrefix.Length..] : " " + token;
        }
        else if (token.StartsWith(firstPrefix, StringComparison.Ordinal)) text = " " + token[firstPrefix.Length..];
        else
        {
            // Control tokens stand there without the mark, but apart from words.
            bool control = token.Length > 2 && token[0] == '[' && token[^1] == ']';
            text = control ? " " + token : token;
        }

        foreach ((string from, string to) in cleanUp ? CleanUps : []) text = text.Replace(from, to, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }
}
