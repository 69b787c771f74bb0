using System.Text;
using Takt.Text.Tokenizers.Loading;
using Takt.Text.Tokenizers.Models;
using Takt.Text.Tokenizers.Normalization;
using Takt.Text.Tokenizers.PreTokenization;

namespace Takt.Text.Tokenizers;

/// <summary>
/// Text to token ids and back, exactly as the model was trained: added tokens are found, the rest is normalised, cut into words and
/// encoded by BPE, Unigram or WordPiece. Safe to use from several threads.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedTokens _added;
    private readonly Template _template;
    private readonly byte[]?[] _bytes;
    private readonly HashSet<int> _endOfGeneration;

    internal Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        parts.Special.Check(parts.Vocabulary.Count);
        _endOfGeneration = EndOfGeneration.Find(parts.Vocabulary, parts.Special);
        _added = new AddedTokens(parts.Added, parts.Normalizer);
        _template = parts.Template ?? Template.Around(parts.Special);
        _bytes = new byte[]?[parts.Vocabulary.Count];
    }

    /// <summary>How many tokens there are; ids run from 0 to one less.</summary>
    public int VocabularySize => _parts.Vocabulary.Count;

    /// <summary>The token before a text (BERT: [CLS]).</summary>
    public int? BosId => _parts.Special.Bos;

    /// <summary>The token that ends a text.</summary>
    public int? EosId => _parts.Special.Eos;

    /// <summary>The token for what the vocabulary lacks.</summary>
    public int? UnknownId => _parts.Special.Unknown;

    /// <summary>The token between two texts (BERT: [SEP]).</summary>
    public int? SeparatorId => _parts.Special.Separator;

    /// <summary>The token that fills up shorter rows of a batch.</summary>
    public int? PadId => _parts.Special.Pad;

    /// <summary>The token that a masked language model predicts.</summary>
    public int? MaskId => _parts.Special.Mask;

    /// <summary>Whether <see cref="Encode(ReadOnlySpan{char}, bool, bool)"/> puts BOS first when it adds special tokens.</summary>
    public bool AddBos => BosId is { } bos && _template.Single[0].Token == bos;

    /// <summary>Whether it puts EOS last then.</summary>
    public bool AddEos => EosId is { } eos && _template.Single[^1].Token == eos;

    /// <summary>The tokens after which a model has said what it had to say: EOS, end of turn, end of message.</summary>
    public IReadOnlySet<int> EndOfGenerationIds => _endOfGeneration;

    /// <summary>The first token of a text is decoded without its leading space, because encoding put that there.</summary>
    public bool DropsFirstSpace => _parts.Decoder.DropsFirstSpace;

    /// <summary>Reads the <c>tokenizer.ggml.*</c> keys of a GGUF file.</summary>
    /// <param name="metadata">Keys and values; numbers and arrays have the CLR types of their GGUF types.</param>
    /// <exception cref="InvalidDataException">Keys are missing or contradict each other, or the kind of tokenizer is not supported.</exception>
    public static Tokenizer FromGguf(IReadOnlyDictionary<string, object> metadata) => GgufTokenizerReader.Read(metadata);

    /// <summary>Reads a tokenizer file (or the one in a model folder), whichever kind its content says it is.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or no tokenizer file.</exception>
    public static Tokenizer Load(string path) => TokenizerFiles.Load(path);

    /// <summary>Reads Hugging Face's <c>tokenizer.json</c>, with the <c>tokenizer_config.json</c> beside it if there is one.</summary>
    /// <exception cref="InvalidDataException">It is damaged or asks for what is not supported.</exception>
    public static Tokenizer FromTokenizerJson(string path) => TokenizerFiles.Json(path);

    /// <summary>Reads a SentencePiece <c>.model</c>: Unigram, BPE or characters. Its control pieces are not looked for in texts.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of another type.</exception>
    public static Tokenizer FromSentencePiece(string path) => TokenizerFiles.SentencePiece(path);

    /// <summary>Reads BERT's <c>vocab.txt</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lowercase">
    /// Whether texts are lower-cased and lose their accents. If null the <c>tokenizer_config.json</c> beside the file decides, else the
    /// vocabulary: without capitals it is meant for lower case, unless it is made mostly of ideographs.
    /// </param>
    /// <exception cref="InvalidDataException">It is no BERT vocabulary.</exception>
    public static Tokenizer FromVocabTxt(string path, bool? lowercase = null) => TokenizerFiles.VocabTxt(path, lowercase);

    /// <summary>The tokenizer as GGUF metadata, from which <see cref="FromGguf"/> makes an equal one.</summary>
    public Dictionary<string, object> ToGgufMetadata() => GgufTokenizerWriter.Write(_parts, _endOfGeneration);

    /// <summary>The ids of a text.</summary>
    /// <param name="text">Any text; lone surrogates count as U+FFFD.</param>
    /// <param name="addSpecial">Adds what the model expects around a text, such as BOS.</param>
    /// <param name="parseSpecial">Control tokens written in the text become those tokens. Leave off for text from strangers.</param>
    public List<int> Encode(ReadOnlySpan<char> text, bool addSpecial = true, bool parseSpecial = true)
    {
        List<int> ids = new(text.Length / 3 + 4);
        Encode(text, ids, addSpecial, parseSpecial);
        return ids;
    }

    /// <summary>Appends the ids of a text; otherwise like <see cref="Encode(ReadOnlySpan{char}, bool, bool)"/>.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids, bool addSpecial = true, bool parseSpecial = true)
    {
        foreach (TemplateItem item in addSpecial ? _template.Single : [new TemplateItem(TemplateItem.First, 0)])
        {
            if (item.Token >= 0) ids.Add(item.Token);
            else EncodeText(text, ids, parseSpecial);
        }
    }

    /// <summary>The ids of a pair of texts with the model's separators, for encoders that compare or answer.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="types">Receives each token's segment, 0 or 1.</param>
    public List<int> EncodePair(ReadOnlySpan<char> first, ReadOnlySpan<char> second, List<int> types)
    {
        List<int> ids = [];
        foreach (TemplateItem item in _template.Pair)
        {
            if (item.Token >= 0) ids.Add(item.Token);
            else EncodeText(item.Token == TemplateItem.First ? first : second, ids, parseSpecial: true);
            while (types.Count < ids.Count) types.Add(item.Type);
        }

        return ids;
    }

    /// <summary>The text of ids; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Control tokens leave no trace; otherwise they stand in the text as they are written.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var stream = new TextStream(this, skipSpecial: skipSpecial);
        var text = new StringBuilder(ids.Length * 4);
        foreach (int id in ids) text.Append(stream.Add(id));
        return text.Append(stream.Flush()).ToString();
    }

    /// <summary>The bytes that an id adds to the text: UTF-8, but a character may be spread over several tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        if ((uint)id >= (uint)_bytes.Length) Vocabulary.ThrowRange(id, _bytes.Length);
        return _bytes[id] ??= Bytes(id);
    }

    /// <summary>A token as the vocabulary spells it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenText(int id)
    {
        if ((uint)id >= (uint)_bytes.Length) Vocabulary.ThrowRange(id, _bytes.Length);
        return _parts.Vocabulary[id];
    }

    /// <summary>Whether the id is a control token or the unknown token: structure rather than text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public bool IsControl(int id)
    {
        if ((uint)id >= (uint)_bytes.Length) Vocabulary.ThrowRange(id, _bytes.Length);
        return _parts.Vocabulary.TypeOf(id) is TokenType.Control or TokenType.Unknown;
    }

    /// <summary>The id of a token as the vocabulary spells it, or null.</summary>
    public int? Find(ReadOnlySpan<char> tokenText) => _parts.Vocabulary.Find(tokenText);

    private byte[] Bytes(int id)
    {
        string text = _parts.Vocabulary[id];
        bool literal = _parts.Vocabulary.TypeOf(id) is TokenType.Control or TokenType.Unknown or TokenType.UserDefined;
        return literal && !_parts.DecodesAdded ? Encoding.UTF8.GetBytes(text) : _parts.Decoder.Decode(text);
    }

    private void EncodeText(ReadOnlySpan<char> text, List<int> ids, bool parseSpecial)
    {
        text = CodePoints.WellFormed(text);
        foreach (Segment segment in _added.Cut(text, parseSpecial))
        {
            if (segment.Token >= 0) ids.Add(segment.Token);
            else EncodeSegment(text[segment.Start..segment.End], ids, parseSpecial, segment.Start == 0);
        }
    }

    private void EncodeSegment(ReadOnlySpan<char> text, List<int> ids, bool parseSpecial, bool atStart)
    {
        if (_parts.Normalizer is { } normalizer) text = normalizer.Apply(text);
        foreach (Segment segment in _added.CutNormalized(text, parseSpecial))
        {
            if (segment.Token >= 0) ids.Add(segment.Token);
            else EncodeWords(text[segment.Start..segment.End], ids, atStart && segment.Start == 0);
        }
    }

    private void EncodeWords(ReadOnlySpan<char> text, List<int> ids, bool atStart)
    {
        if (_parts.PreTokenizer is not { } preTokenizer)
        {
            _parts.Model.Encode(text, ids);
            return;
        }

        foreach (Word word in preTokenizer.Split(ref text, [new Word(0, text.Length)], atStart))
            _parts.Model.Encode(text[word.Start..word.End], ids);
    }
}
