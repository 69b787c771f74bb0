using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tokenizers.Loading;

/// <summary>Reads SentencePiece's <c>.model</c> files (a protobuf <c>ModelProto</c>): Unigram, BPE and character models.</summary>
internal sealed class SentencePieceReader
{
    private enum Kind
    {
        Unigram = 1,
        Bpe = 2,
        Word = 3,
        Character = 4,
    }

    private readonly List<string> _texts = [];
    private readonly List<float> _scores = [];
    private readonly List<TokenType> _types = [];
    private Kind _kind = Kind.Unigram;
    private bool _byteFallback, _spaceAsSuffix;
    private bool _addPrefix = true, _mergeSpaces = true, _escapeSpaces = true;
    private byte[] _charsmap = [];

    /// <summary>The parts of a tokenizer.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or of another type.</exception>
    public static TokenizerParts Parts(ReadOnlySpan<byte> file)
    {
        var reader = new SentencePieceReader();
        var message = new Protobuf(file);
        while (message.Read())
        {
            switch (message.Field)
            {
                case 1: reader.Piece(message.Bytes); break;
                case 2: reader.Trainer(message.Bytes); break;
                case 3: reader.Normalizer(message.Bytes); break;
            }
        }

        return reader.Build();
    }

    /// <summary>The tokenizer of SentencePiece pieces; also for GGUF files that were written from one.</summary>
    public static TokenizerParts Build(
        Vocabulary vocabulary, bool unigram, bool byteFallback, SentencePieceNormalizer.Options options, SpecialTokens special)
    {
        CharTrie defined = new();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.TypeOf(id) == TokenType.UserDefined && vocabulary[id].Length > 0) defined.Add(vocabulary[id], id);
        }

        int unknown = special.Unknown ?? throw new InvalidDataException("The SentencePiece model has no unknown piece.");
        TokenModel model = unigram
            ? new Unigram(vocabulary, unknown, byteFallback, sentencePiece: true)
            : new CharacterBpe(vocabulary, new PieceMerges(vocabulary), new(
                unknown, byteFallback, FuseUnknown: true, UserDefined: defined.IsEmpty ? null : defined));
        return new TokenizerParts
        {
            Vocabulary = vocabulary,
            Model = model,
            Normalizer = new SentencePieceNormalizer(options with { UserDefined = defined }),
            Decoder = new SentencePieceDecoder(options is { AddPrefix: true, SpaceAsSuffix: false }),
            DecodesAdded = true,
            Special = special,
            GgufKeys = () => GgufTokenizerWriter.SentencePieceKeys(unigram, byteFallback, options),
        };
    }

    private TokenizerParts Build()
    {
        if (_texts.Count == 0) throw new InvalidDataException("The file is not a SentencePiece model: it has no pieces.");
        if (_kind is not (Kind.Unigram or Kind.Bpe or Kind.Character))
            throw new InvalidDataException($"The SentencePiece model is of type {_kind}; supported are unigram, bpe and char.");
        var vocabulary = new Vocabulary([.. _texts], [.. _types], [.. _scores]);
        int? Control(params string[] texts) =>
            texts.Select(t => vocabulary.Find(t)).FirstOrDefault(id => id is { } i && vocabulary.TypeOf(i) == TokenType.Control);
        int unknown = _types.IndexOf(TokenType.Unknown);
        int? bos = Control("<s>", "<bos>"), eos = Control("</s>", "<eos>");
        var special = new SpecialTokens
        {
            Bos = bos,
            Eos = eos,
            Unknown = unknown < 0 ? null : unknown,
            Pad = Control("<pad>"),
            AddBos = bos is not null && _kind != Kind.Unigram,
            AddEos = eos is not null && _kind == Kind.Unigram,
        };
        Charsmap? charsmap = _charsmap.Length > 0 ? new Charsmap(_charsmap) : null;
        var options = new SentencePieceNormalizer.Options(charsmap, _addPrefix, _mergeSpaces, _escapeSpaces, _spaceAsSuffix, null);
        // A character model is BPE whose pieces are single characters: nothing ever merges.
        return Build(vocabulary, _kind == Kind.Unigram, _byteFallback, options, special);
    }

    private void Piece(ReadOnlySpan<byte> message)
    {
        var piece = new Protobuf(message);
        (string? text, float score, TokenType type) = (null, 0, TokenType.Normal);
        while (piece.Read())
        {
            switch (piece.Field)
            {
                case 1: text = piece.Text; break;
                case 2: score = piece.Float; break;
                case 3 when piece.Number is >= 1 and <= 6: type = (TokenType)piece.Number; break;
                case 3: throw new InvalidDataException($"SentencePiece piece {_texts.Count} has the unknown type {piece.Number}.");
            }
        }

        _texts.Add(text ?? throw new InvalidDataException($"SentencePiece piece {_texts.Count} has no text."));
        _scores.Add(score);
        _types.Add(type);
    }

    private void Trainer(ReadOnlySpan<byte> message)
    {
        var spec = new Protobuf(message);
        while (spec.Read())
        {
            switch (spec.Field)
            {
                case 3: _kind = (Kind)Math.Min(spec.Number, int.MaxValue); break;
                case 24: _spaceAsSuffix = spec.Flag; break;
                case 35: _byteFallback = spec.Flag; break;
            }
        }
    }

    private void Normalizer(ReadOnlySpan<byte> message)
    {
        var spec = new Protobuf(message);
        while (spec.Read())
        {
            switch (spec.Field)
            {
                case 2: _charsmap = spec.Bytes.ToArray(); break;
                case 3: _addPrefix = spec.Flag; break;
                case 4: _mergeSpaces = spec.Flag; break;
                case 5: _escapeSpaces = spec.Flag; break;
            }
        }
    }
}
